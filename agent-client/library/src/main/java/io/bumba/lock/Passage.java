package io.bumba.lock;

import java.util.List;

/** What the territories of one version of the ledger say to a request for a lock. */
public sealed interface Passage {
    /** The version of the ledger that says so. */
    int version();

    /**
     * Nothing forbids it.
     *
     * @param recorders the ids of the MONITORED territories that it lies in, which record it
     */
    record Open(int version, List<String> recorders) implements Passage {
        public Open {
            recorders = List.copyOf(recorders);
        }
    }

    /** A territory forbids it; so it was at some zxid while it was asked. */
    record Closed(int version, Claim by) implements Passage {}

    /**
     * A territory is being allocated there, which takes a bounded time: ask again when its znode changes.
     *
     * @param node the territory's znode
     */
    record Pending(int version, String node) implements Passage {}
}
