package io.bumba.chaos;

import io.bumba.testkit.Sessions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Brackets calls by zxids: a write of its own, whose zxid lies after everything that was acknowledged before it was asked
 * for, and before everything that is sent after it is answered. Those who ask while one is under way share the next.
 * Thread-safe.
 */
final class Marks implements AutoCloseable {
    private static final String NODE = "/marks";

    private final ZooKeeper zooKeeper;
    private @Nullable CompletableFuture<Long> underWay;
    private @Nullable CompletableFuture<Long> next;

    Marks(String servers) {
        zooKeeper = Sessions.connect(servers, Duration.ofSeconds(30));
        try {
            String ignored = zooKeeper.create(NODE, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException there) {
            return;
        } catch (KeeperException e) {
            throw new IllegalStateException("no " + NODE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The zxid of now. */
    synchronized CompletableFuture<Long> mark() {
        if (underWay == null) {
            CompletableFuture<Long> mine = new CompletableFuture<>();
            underWay = mine;
            write(mine);
            return mine;
        }
        if (next == null) {
            next = new CompletableFuture<>();
        }
        return next;
    }

    private void write(CompletableFuture<Long> mark) {
        zooKeeper.setData(
                NODE,
                new byte[0],
                -1,
                (code, path, context, stat) -> {
                    CompletableFuture<Long> after;
                    synchronized (this) {
                        after = next;
                        underWay = after;
                        next = null;
                    }
                    if (after != null) {
                        write(after);
                    }
                    if (code == KeeperException.Code.OK.intValue()) {
                        mark.complete(stat.getMzxid());
                    } else {
                        mark.completeExceptionally(KeeperException.create(KeeperException.Code.get(code)));
                    }
                },
                null);
    }

    @Override
    public void close() {
        Sessions.close(zooKeeper);
    }
}
