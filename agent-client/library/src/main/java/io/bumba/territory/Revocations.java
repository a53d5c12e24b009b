package io.bumba.territory;

import io.bumba.zk.Archive;
import io.bumba.zk.Cluster;
import io.bumba.zk.Layout;
import io.bumba.zk.Session;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The records of what operators revoked. {@link Warden#revoke} makes them; none is changed. Thread-safe. */
public final class Revocations {
    /** How many are kept when nobody says otherwise. */
    public static final int KEPT = 1_000;

    private static final Pattern RECORD = Pattern.compile("[a-z0-9-]+@[0-9a-f]{16}");

    private final Archive archive;

    public Revocations(Supplier<Session> session, Layout layout, Cluster cluster) {
        this.archive = new Archive(session, cluster, layout.revocations(), RECORD, "records of revocations");
    }

    /**
     * The last ones, the latest first.
     *
     * @param limit the most that are given, at least 1
     * @throws io.bumba.BumbaException when the servers do not answer
     */
    public List<RevocationRecord> latest(int limit) {
        return archive.latest(limit, RevocationRecord.class);
    }

    /**
     * Deletes the oldest.
     *
     * @param keep how many of the latest stay
     * @return how many were deleted
     * @throws io.bumba.BumbaException when the servers do not answer
     */
    public int prune(int keep) {
        return archive.prune(keep);
    }
}
