package io.bumba.lock;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The JSON of a contender or a waiter, for people and for whoever is refused.
 *
 * @param agent its id
 * @param reason what it is for; empty if unsaid
 * @param priority as asked for
 * @param since when it was asked for, by the agent's clock; the znode's own times are the servers'
 * @param requestId the caller's own name of the request, if it gave one
 * @param leaseMillis the longest that the lock may be held, from its grant; absent when it is held until released
 * @param token the fencing token, where it is not the czxid of the node: of one that was downgraded
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record ContenderData(
        String agent,
        String reason,
        Priority priority,
        Instant since,
        Optional<String> requestId,
        Optional<Long> leaseMillis,
        Optional<Long> token) {

    static ContenderData of(String agent, LockOptions options, Instant since) {
        return new ContenderData(
                agent,
                options.reason(),
                options.priority(),
                since,
                Optional.ofNullable(options.requestId()),
                Optional.ofNullable(options.lease()).map(Duration::toMillis),
                Optional.empty());
    }

    ContenderData withLease(Duration lease) {
        return new ContenderData(agent, reason, priority, since, requestId, Optional.of(lease.toMillis()), token);
    }

    ContenderData withToken(Optional<Long> other) {
        return new ContenderData(agent, reason, priority, since, requestId, leaseMillis, other);
    }
}
