package io.bumba.lock;

/**
 * One step of a deadlock: an agent that waits, and one that it waits for.
 *
 * @param agent who waits
 * @param path the file that it waits for, or in words the territory
 * @param blocker who holds it, or waits for it before {@code agent}, or is in the way otherwise; the next link's agent
 */
public record DeadlockLink(String agent, String path, String blocker) {}
