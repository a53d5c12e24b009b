package io.bumba.lock;

import java.time.Instant;

/**
 * The JSON of {@code /accesses/{territory}/{sequence}}: somebody came for a file in a MONITORED territory.
 *
 * @param agent its id
 * @param path the file
 * @param mode how it wanted to hold it
 * @param since when, by the agent's clock, for display
 */
record AccessData(String agent, String path, LockMode mode, Instant since) {}
