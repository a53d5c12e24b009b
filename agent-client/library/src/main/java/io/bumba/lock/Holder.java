package io.bumba.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who holds a file.
 *
 * @param agent the agent's id; for a client that is not ours, a description of it
 * @param mode how it holds the file
 * @param since the servers' time of the grant; for a holder that waited in line, to within a second
 * @param reason what the holder said it is for; empty if it said nothing
 * @param token the fencing token
 * @param lease the longest it may hold the file, from {@code since}; empty when it holds until it releases
 */
public record Holder(
        String agent, LockMode mode, Instant since, String reason, FencingToken token, Optional<Duration> lease) {}
