package io.bumba.zk;

import java.time.Instant;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * A znode as it was read. The array is not copied; do not change it.
 *
 * @param created the servers' time of creation
 * @param changed the servers' time of the last change of the data
 * @param owner the session of an ephemeral, 0 for others
 */
@SuppressWarnings("ArrayRecordComponent")
public record Node(
        byte[] data, int version, long czxid, long mzxid, Instant created, Instant changed, long owner, int children) {
    static Node of(byte @Nullable [] data, Stat stat) {
        return new Node(
                data == null ? new byte[0] : data,
                stat.getVersion(),
                stat.getCzxid(),
                stat.getMzxid(),
                Instant.ofEpochMilli(stat.getCtime()),
                Instant.ofEpochMilli(stat.getMtime()),
                stat.getEphemeralOwner(),
                stat.getNumChildren());
    }
}
