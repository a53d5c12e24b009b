package io.bumba.bench;

import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** Creates an ephemeral sequential node under a parent that exists, and deletes it: the floor under every lock. */
record BareClient(ZooKeeper zk) implements Client {
    static final String PARENT = "/bare";

    @Override
    public Locker locker(String file) {
        return new Node(zk);
    }

    @Override
    public Locker contended(String file) {
        throw new UnsupportedOperationException("a bare node excludes nobody");
    }

    @Override
    public void close() {}

    private static final class Node implements Locker {
        private final ZooKeeper zk;
        private String path = "";

        Node(ZooKeeper zk) {
            this.zk = zk;
        }

        @Override
        public void lock() {
            path = Attempt.to(
                    "create a node",
                    () -> zk.create(
                            PARENT + "/n", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL));
        }

        @Override
        public void unlock() {
            Attempt.to("delete " + path, () -> {
                zk.delete(path, -1);
                return path;
            });
        }
    }
}
