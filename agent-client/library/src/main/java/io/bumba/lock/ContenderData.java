package io.bumba.lock;

import java.time.Instant;

/**
 * The JSON of a contender or a waiter, for people and for whoever is refused.
 *
 * @param agent its id
 * @param reason what it is for; empty if unsaid
 * @param priority as asked for
 * @param since when it was asked for, by the agent's clock; the znode's own times are the servers'
 */
record ContenderData(String agent, String reason, Priority priority, Instant since) {}
