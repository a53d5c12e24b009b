package io.bumba.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** Lists znodes, to see that nothing was left over. What vanishes while it is listed is not listed. */
public final class ZkTree {
    private ZkTree() {}

    /** Every znode below the root, sorted; neither the root itself, nor ZooKeeper's own. */
    public static List<String> dump(ZooKeeper zooKeeper, String root) {
        return List.copyOf(walk(zooKeeper, root).keySet());
    }

    /** {@link #dump}, of ephemerals only. */
    public static List<String> ephemerals(ZooKeeper zooKeeper, String root) {
        return walk(zooKeeper, root).entrySet().stream()
                .filter(entry -> entry.getValue().stat().getEphemeralOwner() > 0)
                .map(entry -> entry.getKey())
                .toList();
    }

    /** One line a znode: path, session of an ephemeral, czxid, data. For failure messages. */
    public static String describe(ZooKeeper zooKeeper, String root) {
        StringBuilder text = new StringBuilder();
        walk(zooKeeper, root).forEach((path, node) -> {
            text.append(path).append("  czxid=").append(node.stat().getCzxid());
            if (node.stat().getEphemeralOwner() > 0) {
                text.append(" session=0x").append(Long.toHexString(node.stat().getEphemeralOwner()));
            }
            text.append(' ').append(node.data()).append('\n');
        });
        return text.toString();
    }

    private static SortedMap<String, Node> walk(ZooKeeper zooKeeper, String root) {
        SortedMap<String, Node> found = new TreeMap<>();
        List<String> open = new ArrayList<>(List.of(root));
        while (!open.isEmpty()) {
            String path = open.remove(open.size() - 1);
            try {
                if (!path.equals(root)) {
                    Stat stat = new Stat();
                    byte[] data = zooKeeper.getData(path, false, stat);
                    found.put(path, new Node(stat, data == null ? "" : new String(data, StandardCharsets.UTF_8)));
                }
                for (String child : zooKeeper.getChildren(path, false)) {
                    String below = path.equals("/") ? "/" + child : path + "/" + child;
                    if (!below.equals("/zookeeper")) {
                        open.add(below);
                    }
                }
            } catch (KeeperException.NoNodeException vanished) {
                found.remove(path);
            } catch (KeeperException e) {
                throw new IllegalStateException("cannot list " + path, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while listing " + path, e);
            }
        }
        return found;
    }

    private record Node(Stat stat, String data) {}
}
