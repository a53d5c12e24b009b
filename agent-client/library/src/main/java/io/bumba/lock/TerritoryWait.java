package io.bumba.lock;

import io.bumba.path.Printable;
import io.bumba.zk.Codec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The data of {@code /waits/{agent}/{uuid}}, the uuid in its 36 characters, of an agent that waits for a territory. The
 * agent writes it once; any other write is the mark. While it stands unmarked, {@link Borders#obstacles} of the place that it names are edges in the search for deadlocks. Whoever
 * finds a circle marks the youngest wait in it; that one must give up, even if it is granted in that very moment, for
 * others count it as gone.
 */
public final class TerritoryWait {
    private TerritoryWait() {}

    /**
     * The data of a wait that is not marked.
     *
     * @param what is waited for, in words
     * @param since for display
     * @param request the znode of the place among those that wait for territories, in the same workspace
     */
    public static byte[] encode(String what, Instant since, String request) {
        return Codec.encode(new WaitData(Printable.of(what), since, Optional.empty(), Optional.of(request)));
    }

    /** The circle that a wait was marked to break, its victim first; empty while it is not marked. */
    public static Optional<List<DeadlockLink>> deadlock(byte[] data) {
        return WaitData.deadlock(data);
    }
}
