package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.Watches;
import io.bumba.testkit.ZkServer;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;

/** A root of its own at the shared server, and looks at what stands there. */
abstract class LockFixture {
    static final RepoPath PATH = RepoPath.of("src/a.js");
    static final RepoPath OTHER = RepoPath.of("src/b.js");
    static final LockOptions PATIENT = LockOptions.waitUpTo(Duration.ofSeconds(60));
    static final Duration SOON = Duration.ofSeconds(10);

    final ZkServer server = ZkServer.shared();
    final String root = server.freshRoot();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        Collections.reverse(toClose);
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    <T extends AutoCloseable> T keep(T it) {
        toClose.add(it);
        return it;
    }

    BumbaConfig.Builder config(String connect, Duration session) {
        return BumbaConfig.builder(connect).root(root).sessionTimeout(session);
    }

    Bumba direct() {
        return keep(Bumba.connect(
                config(server.connectString(), Duration.ofSeconds(5)).build()));
    }

    Bumba through(TcpProxy proxy, Duration session) {
        return keep(Bumba.connect(config(proxy.connectString(), session).build()));
    }

    /** An application's own client, to attach to. */
    CuratorFramework application() {
        CuratorFramework client =
                keep(CuratorFrameworkFactory.newClient(server.connectString(), 5_000, 5_000, new RetryNTimes(2, 100)));
        client.start();
        return client;
    }

    static FileLocks agent(Bumba bumba, String name) {
        return bumba.locks(bumba.register(AgentSpec.of("Tester", name)));
    }

    static Workshop workshop(Bumba bumba) throws ReflectiveOperationException {
        Field field = Bumba.class.getDeclaredField("workshop");
        field.setAccessible(true);
        return (Workshop) field.get(bumba);
    }

    static void awaitWaiters(Bumba bumba, RepoPath path, int count) {
        await().until(() -> bumba.lockTable().read().locks().stream()
                        .filter(entry -> entry.path().equals(path))
                        .mapToInt(entry -> entry.waiters().size())
                        .sum()
                == count);
    }

    String lockNode(RepoPath path) {
        return root + "/workspaces/default/locks/" + path.value() + "@lock";
    }

    List<String> contenders(RepoPath path) {
        return server.children(lockNode(path));
    }

    /** The znode of the only contender. */
    String contender(RepoPath path) {
        List<String> names = contenders(path);
        assertThat(names).hasSize(1);
        return lockNode(path) + "/" + names.get(0);
    }

    /** The nodes of locks that a session watches, by the server's account. */
    List<String> watchedLocks(long session) {
        String mine = "0x" + Long.toHexString(session);
        List<String> watched = new ArrayList<>();
        String node = "";
        for (String line : Watches.list(server).lines().toList()) {
            if (line.startsWith("/")) {
                node = line.trim();
            } else if (line.trim().equals(mine) && node.startsWith(root + "/") && node.contains("@lock/")) {
                watched.add(node);
            }
        }
        return watched;
    }

    /** The watchers on nodes below our root in an application's client; Curator keeps some of its own elsewhere. */
    @SuppressWarnings("unchecked")
    int watchersIn(CuratorFramework client) throws Exception {
        Method manager = ZooKeeper.class.getDeclaredMethod("getWatchManager");
        manager.setAccessible(true);
        Object watches = manager.invoke(client.getZookeeperClient().getZooKeeper());
        int found = 0;
        for (String kind : List.of("getDataWatches", "getExistWatches")) {
            Method get = watches.getClass().getDeclaredMethod(kind);
            get.setAccessible(true);
            Map<String, Collection<Object>> watchers = (Map<String, Collection<Object>>) get.invoke(watches);
            synchronized (watchers) {
                found += watchers.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(root))
                        .mapToInt(entry -> entry.getValue().size())
                        .sum();
            }
        }
        return found;
    }

    /** The first operation of a transaction; -1 for what is none. */
    static int firstOp(TcpProxy.Request request) {
        return request.opCode() == OpCode.multi && request.frame().length > 12
                ? ByteBuffer.wrap(request.frame()).getInt(8)
                : -1;
    }

    static boolean mentions(TcpProxy.Request request, String text) {
        return new String(request.frame(), StandardCharsets.ISO_8859_1).contains(text);
    }

    static boolean deletesContender(TcpProxy.Request request) {
        return firstOp(request) == OpCode.delete && mentions(request, "@lock/_c_");
    }

    static void hold(CountDownLatch until) {
        try {
            if (!until.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let go");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
