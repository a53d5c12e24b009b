package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** Sets up by hand, and with names of its own choice, what agents leave in lines, queues and waits. */
final class WaitScene {
    /** A request's znodes. */
    record Request(String agent, RepoPath path, String uuid, String node, String pending) {}

    private final ZooKeeper zk;
    private final Layout layout;
    private final Map<String, Integer> sequences = new HashMap<>();

    WaitScene(ZooKeeper zk, Layout layout) {
        this.zk = zk;
        this.layout = layout;
    }

    static String agent(String name) {
        return "Tester-" + name + "-1-0a1b2c3d";
    }

    /** Stands in line; whether it holds depends on who stands there already. */
    Request contends(String name, RepoPath path, LockMode mode) {
        return contends(name, path, mode, UUID.randomUUID().toString(), Priority.NORMAL);
    }

    Request contends(String name, RepoPath path, LockMode mode, String uuid, Priority priority) {
        String node = create(
                layout.lock(path),
                Contender.prefix(uuid, mode) + next(layout.lock(path)),
                Codec.encode(data(agent(name), priority)));
        return new Request(agent(name), path, uuid, node, layout.waits(agent(name)) + "/" + uuid);
    }

    Request holds(String name, RepoPath path) {
        return contends(name, path, LockMode.EXCLUSIVE);
    }

    /** Stands in line and says that it waits. */
    Request waitsInLine(String name, RepoPath path, LockMode mode) {
        return pending(contends(name, path, mode));
    }

    /** Queues and says that it waits. */
    Request queues(String name, RepoPath path, LockMode mode, Priority priority) {
        String uuid = UUID.randomUUID().toString();
        String node = create(
                layout.queue(path),
                QueuePlace.prefix(uuid, mode, priority) + next(layout.queue(path)),
                Codec.encode(data(agent(name), priority)));
        return pending(new Request(agent(name), path, uuid, node, layout.waits(agent(name)) + "/" + uuid));
    }

    Request pending(Request request) {
        create(
                layout.waits(request.agent()),
                request.uuid(),
                Codec.encode(WaitData.forFile(request.path().value(), Instant.EPOCH)));
        return request;
    }

    /** Out of the queue, into the line. */
    Request promote(Request queued) {
        delete(queued.node());
        String name = queued.node().substring(queued.node().lastIndexOf('/') + 1);
        QueuePlace place = QueuePlace.parse(name).orElseThrow();
        String promoted = queued.uuid().substring(0, Contender.OWN) + Contender.PROMOTED;
        String node = create(
                layout.lock(queued.path()),
                Contender.prefix(promoted, place.mode()) + next(layout.lock(queued.path())),
                Codec.encode(data(queued.agent(), place.priority())));
        return new Request(queued.agent(), queued.path(), queued.uuid(), node, queued.pending());
    }

    /** As if somebody had found a circle. */
    void mark(Request request) {
        set(
                request.pending(),
                Codec.encode(WaitData.forFile(request.path().value(), Instant.EPOCH)
                        .marked(List.of(new DeadlockLink("a", "b", "c")))));
    }

    /** What a wait was marked with. */
    Optional<List<DeadlockLink>> mark(String pending) {
        try {
            return Codec.decode(zk.getData(pending, false, null), WaitData.class)
                    .value()
                    .orElseThrow()
                    .deadlock();
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException("no wait at " + pending, e);
        }
    }

    boolean isMarked(Request request) {
        return mark(request.pending()).isPresent();
    }

    int version(Request request) {
        try {
            return zk.exists(request.pending(), false).getVersion();
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException("no wait of " + request, e);
        }
    }

    String create(String parent, String name, byte[] data) {
        try {
            for (int slash = parent.indexOf('/', 1); slash > 0; slash = parent.indexOf('/', slash + 1)) {
                ensure(parent.substring(0, slash));
            }
            ensure(parent);
            return zk.create(parent + "/" + name, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException("cannot create " + name + " in " + parent, e);
        }
    }

    void set(String node, byte[] data) {
        try {
            zk.setData(node, data, -1);
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException("cannot set " + node, e);
        }
    }

    void delete(String node) {
        try {
            zk.delete(node, -1);
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException("cannot delete " + node, e);
        }
    }

    private void ensure(String node) throws KeeperException, InterruptedException {
        try {
            zk.create(node, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException there) {
            // as it should be
        }
    }

    private String next(String parent) {
        return String.format("%010d", sequences.merge(parent, 1, Integer::sum));
    }

    static ContenderData data(String agent, Priority priority) {
        return new ContenderData(
                agent, "test", priority, Instant.EPOCH, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
