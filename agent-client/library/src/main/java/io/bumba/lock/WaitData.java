package io.bumba.lock;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bumba.zk.Codec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The JSON of {@code /waits/{agent}/{uuid}}: what an agent waits for. The uuid is that of its node in the file's line or
 * queue; once that node holds the lock, or is gone, the wait means nothing, whether or not it still stands. Of a wait for a
 * territory see {@link TerritoryWait}.
 *
 * @param path the file, or in words the territory
 * @param since when it began to wait, by the agent's clock, for display
 * @param deadlock set by whoever found the cycle that this wait is to be broken for; the waiter then gives up
 * @param territory the znode of its place among those that wait for territories; absent when it waits for a file
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record WaitData(String path, Instant since, Optional<List<DeadlockLink>> deadlock, Optional<String> territory) {
    static WaitData forFile(String path, Instant since) {
        return new WaitData(path, since, Optional.empty(), Optional.empty());
    }

    WaitData marked(List<DeadlockLink> cycle) {
        return new WaitData(path, since, Optional.of(cycle), territory);
    }

    /** What the data of a wait says it was marked with. */
    static Optional<List<DeadlockLink>> deadlock(byte[] data) {
        return Codec.decode(data, WaitData.class).value().flatMap(WaitData::deadlock);
    }
}
