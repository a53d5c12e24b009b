package io.bumba.zk;

import io.bumba.BumbaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;

/** Operations that happen all at one zxid, or not at all. Built by one thread, then committed once. */
public final class Transaction {
    /** Below a server's {@code jute.maxbuffer}: a larger request would drop the connection. */
    static final int MAX_BYTES = 900 * 1024;

    private static final byte[] NOTHING = new byte[0];

    private final List<ACL> acl;
    private final List<Op> ops = new ArrayList<>();
    private int bytes;

    Transaction(List<ACL> acl) {
        this.acl = acl;
    }

    public Transaction check(String path, int version) {
        return add(Op.check(path, version), path, NOTHING);
    }

    /** Checks that the node is there. */
    public Transaction exists(String path) {
        return check(path, -1);
    }

    public Transaction container(String path) {
        return add(Op.create(path, NOTHING, acl, CreateMode.CONTAINER), path, NOTHING);
    }

    public Transaction persistent(String path, byte[] data) {
        return add(Op.create(path, data, acl, CreateMode.PERSISTENT), path, data);
    }

    public Transaction persistentSequential(String prefix, byte[] data) {
        return add(Op.create(prefix, data, acl, CreateMode.PERSISTENT_SEQUENTIAL), prefix, data);
    }

    public Transaction ephemeral(String path, byte[] data) {
        return add(Op.create(path, data, acl, CreateMode.EPHEMERAL), path, data);
    }

    public Transaction ephemeralSequential(String prefix, byte[] data) {
        return add(Op.create(prefix, data, acl, CreateMode.EPHEMERAL_SEQUENTIAL), prefix, data);
    }

    /** Sets the data whatever the version; the zxid of the whole transaction is learnt from it. */
    public Transaction set(String path, byte[] data) {
        return add(Op.setData(path, data, -1), path, data);
    }

    /** Sets the data if it has the version; the zxid of the whole transaction is learnt from it. */
    public Transaction set(String path, byte[] data, int version) {
        return add(Op.setData(path, data, version), path, data);
    }

    /** Makes sure that there is no such node: makes it and deletes it again. */
    public Transaction absent(String path) {
        return persistent(path, NOTHING).delete(path);
    }

    public Transaction delete(String path) {
        return add(Op.delete(path, -1), path, NOTHING);
    }

    /** How many operations it has; the index of the next. */
    public int size() {
        return ops.size();
    }

    /** Whether it would be refused for its size. */
    public boolean isTooLarge() {
        return bytes > MAX_BYTES;
    }

    List<Op> ops() {
        if (isTooLarge()) {
            throw new BumbaException(
                    BumbaException.Code.LIMIT,
                    "a transaction of " + bytes + " bytes is over the limit MAX_BYTES of " + MAX_BYTES
                            + "; ask for less at once");
        }
        return ops;
    }

    private Transaction add(Op op, String path, byte[] data) {
        ops.add(op);
        bytes += path.getBytes(StandardCharsets.UTF_8).length + data.length + 64;
        return this;
    }
}
