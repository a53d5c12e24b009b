package io.bumba.lock;

import java.time.Instant;

/**
 * The claim that keeps an agent out: one pattern of one territory.
 *
 * @param territory its id
 * @param title what its owner says it is for
 * @param type EXCLUSIVE, SHARED or MONITORED
 * @param owner the agent, which may be the one that asks: nobody writes in a SHARED territory
 * @param since when it was allocated, by the owner's clock, for display
 * @param pattern the pattern that the file matches
 */
public record Claim(String territory, String title, String type, String owner, Instant since, String pattern) {}
