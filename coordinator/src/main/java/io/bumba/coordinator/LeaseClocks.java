package io.bumba.coordinator;

import io.bumba.lock.LeasedHold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long each leased hold has been seen to stand, by one monotonic clock: no wall clock, this machine's or another's,
 * ends anything. A hold that was not seen before begins to count now, and so does one whose node has changed: its lease
 * was renewed. So a lease is never cut short; it lasts longer by the time until it was first seen. Not thread-safe.
 */
final class LeaseClocks {
    private record Key(String contender, long changed) {}

    private Map<Key, Long> firstSeen = new HashMap<>();

    /**
     * Those whose lease and grace have passed; they go on counting while they are seen.
     *
     * @param held all who hold something for a limited time now
     */
    List<LeasedHold> due(Collection<LeasedHold> held, Duration grace, long nowNanos) {
        Map<Key, Long> seen = new HashMap<>();
        List<LeasedHold> due = new ArrayList<>();
        for (LeasedHold hold : held) {
            Key key = new Key(hold.contender(), hold.changed());
            long since = firstSeen.getOrDefault(key, nowNanos);
            seen.put(key, since);
            if (nowNanos - since >= hold.lease().plus(grace).toNanos()) {
                due.add(hold);
            }
        }
        firstSeen = seen;
        return due;
    }

    /** Begins anew. */
    void forget() {
        firstSeen = new HashMap<>();
    }
}
