package io.bumba.lock;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The JSON of {@code /waits/{agent}/{uuid}}: what an agent waits for. The uuid is that of its node in the file's line or
 * queue; once that node holds the lock, or is gone, the wait means nothing, whether or not it still stands.
 *
 * @param path the file
 * @param since when it began to wait, by the agent's clock, for display
 * @param deadlock set by whoever found the cycle that this wait is to be broken for; the waiter then gives up
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record WaitData(String path, Instant since, Optional<List<DeadlockLink>> deadlock) {}
