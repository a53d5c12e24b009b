package io.bumba.lock;

import java.time.Instant;

/**
 * Somebody who waits for a file.
 *
 * @param agent the agent's id; for a client that is not ours, a description of it
 * @param mode how it wants to hold the file
 * @param priority its place among the waiters
 * @param since the servers' time when it began to wait
 * @param reason what the waiter said it is for; empty if it said nothing
 * @param place 1 is next
 */
public record Waiter(String agent, LockMode mode, Priority priority, Instant since, String reason, int place) {}
