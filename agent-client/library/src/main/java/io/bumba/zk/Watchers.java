package io.bumba.zk;

import java.util.HashMap;
import java.util.Map;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooKeeper;

/**
 * Counts who watches the data of which node, because taking back one watcher leaves the watch at the server
 * ({@code removeWatches} only asks whether it is there), and taking back all would take others' too. So the last one that
 * loses interest takes the server's watch back. Thread-safe; requests are sent in the order of the counting.
 */
final class Watchers {
    private final ZooKeeper zk;
    private final Map<String, Integer> interest = new HashMap<>();

    Watchers(ZooKeeper zk) {
        this.zk = zk;
    }

    /** Reads the node and watches it if it is there. The caller must {@link #left} or {@link #cancel} once. */
    synchronized void join(String path, org.apache.zookeeper.Watcher watcher, AsyncCallback.DataCallback reply) {
        interest.merge(path, 1, Integer::sum);
        zk.getData(path, watcher, reply, null);
    }

    /** The watch has fired, or was never set. */
    synchronized void left(String path) {
        interest.computeIfPresent(path, (p, count) -> count == 1 ? null : count - 1);
    }

    /** The watch stands and is no longer wanted. */
    synchronized void cancel(String path) {
        left(path);
        if (!interest.containsKey(path)) {
            zk.removeAllWatches(path, WatcherType.Data, true, (rc, p, context) -> {}, null);
        }
    }
}
