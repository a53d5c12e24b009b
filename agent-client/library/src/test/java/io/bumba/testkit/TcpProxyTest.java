package io.bumba.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TcpProxyTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration BRIEFLY = Duration.ofMillis(300);

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();
    private final TcpProxy proxy = TcpProxy.to(server);
    private final ZooKeeper zk = Sessions.connect(proxy.connectString(), Duration.ofSeconds(30));

    @AfterEach
    void close() {
        proxy.pass();
        Sessions.close(zk);
        proxy.close();
    }

    @Test
    void passesEverythingFourLetterWordsToo() throws Exception {
        assertThat(zk.getChildren("/", false)).contains(root.substring(1));
        assertThat(FourLetters.ask(proxy.port(), "ruok")).isEqualTo("imok");
        assertThat(FourLetters.mode(proxy.port())).contains("standalone");
        byte[] large = new byte[900_000];
        zk.create(root + "/large", large, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        assertThat(zk.getData(root + "/large", false, null)).isEqualTo(large);
    }

    @Test
    void aLostReplyLeavesADoneDeedAndAClientThatDoesNotKnow() throws Exception {
        Fault fault = proxy.loseReplyTo(OpCode.multi);
        assertThatThrownBy(() -> zk.multi(List.of(
                        Op.create(root + "/m", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                        Op.setData(root, new byte[] {1}, 0))))
                .isInstanceOf(KeeperException.ConnectionLossException.class);
        Fault.Struck struck = fault.await(SOON);
        Stat stat = server.client().exists(root + "/m", false);
        assertThat(stat.getCzxid()).isEqualTo(struck.zxid());
        assertThat(struck.error()).isZero();
        assertThat(struck.request().opCode()).isEqualTo(OpCode.multi);
        awaitWorking();
        zk.multi(List.of(Op.setData(root, new byte[] {2}, 1)));
    }

    @Test
    void aLostRequestLeavesNothing() throws Exception {
        Fault fault = proxy.loseRequest(OpCode.create2);
        Fault other = proxy.loseRequest(OpCode.create);
        assertThatThrownBy(() -> zk.create(root + "/c", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT))
                .isInstanceOf(KeeperException.ConnectionLossException.class);
        assertThat(other.await(SOON).zxid()).isZero();
        assertThat(fault.hasStruck()).isFalse();
        assertThat(server.client().exists(root + "/c", false)).isNull();
        awaitWorking();
    }

    @Test
    void aHookRunsBeforeTheRequestOnce() throws Exception {
        Fault fault = proxy.beforeRequest(OpCode.delete, () -> create("/rival"));
        zk.create(root + "/mine", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        zk.delete(root + "/mine", -1);
        assertThat(fault.hasStruck()).isTrue();
        assertThat(server.client().exists(root + "/rival", false)).isNotNull();
        zk.delete(root + "/rival", -1);
        assertThat(server.client().exists(root + "/rival", false)).isNull();
    }

    @Test
    void aHookRunsWhenTheDeedIsDoneAndTheClientDoesNotKnowYet() throws Exception {
        String path = root + "/seen";
        Fault fault = proxy.beforeReply(request -> request.opCode() == OpCode.create, () -> {
            try {
                assertThat(server.client().exists(path, false)).isNotNull();
            } catch (KeeperException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        zk.create(path, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        assertThat(fault.await(SOON).error()).isZero();
    }

    @Test
    void aHookThatFailsIsReported() {
        Fault fault = proxy.beforeRequest(OpCode.create, () -> {
            throw new IllegalArgumentException("on purpose");
        });
        assertThatThrownBy(() -> zk.create(root + "/x", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT))
                .isInstanceOf(KeeperException.ConnectionLossException.class);
        assertThatThrownBy(() -> fault.await(SOON)).hasRootCauseMessage("on purpose");
    }

    @Test
    void droppedRepliesMeanThatTheServerActs() throws Exception {
        proxy.dropReplies();
        zk.create(root + "/d", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, (rc, p, c, n) -> {}, null);
        Deadline.until("it is made", SOON, () -> server.client().exists(root + "/d", false) != null);
        proxy.pass();
        awaitWorking();
    }

    @Test
    void droppedRequestsAndABlackholeMeanThatItDoesNot() throws Exception {
        for (Runnable fault : List.<Runnable>of(proxy::dropRequests, proxy::blackhole)) {
            fault.run();
            CompletableFuture<Integer> answer = new CompletableFuture<>();
            zk.create(
                    root + "/d",
                    new byte[0],
                    Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT,
                    (rc, p, c, n) -> answer.complete(rc),
                    null);
            assertThatThrownBy(() -> answer.get(BRIEFLY.toMillis(), TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            assertThat(zk.getState()).isEqualTo(ZooKeeper.States.CONNECTED);
            assertThat(server.client().exists(root + "/d", false)).isNull();
            proxy.pass();
            assertThat(answer.get(SOON.toMillis(), TimeUnit.MILLISECONDS))
                    .isEqualTo(KeeperException.Code.CONNECTIONLOSS.intValue());
            awaitWorking();
        }
    }

    @Test
    void aClientThatLeavesABlackholeIsNotMissedByTheServer(@TempDir Path directory) throws Exception {
        try (ZkServer own = ZkServer.start(directory);
                TcpProxy hole = TcpProxy.to(own)) {
            ZooKeeper leaver = Sessions.connect(hole.connectString(), Duration.ofSeconds(30));
            assertThat(Watches.connections(own)).isEqualTo(1);
            hole.blackhole();
            disconnected(leaver, () -> Sessions.disconnect(leaver));
            assertThat(Watches.connections(own)).isEqualTo(1);
            hole.pass();
            Deadline.until("the client is back", SOON, () -> leaver.exists("/", false) != null);
            Sessions.close(leaver);
        }
    }

    @Test
    void whatWasStalledArrivesLaterOnTheSameConnection() throws Exception {
        proxy.stall();
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        zk.create(
                root + "/s",
                new byte[0],
                Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT,
                (rc, p, c, n) -> answer.complete(rc),
                null);
        assertThatThrownBy(() -> answer.get(BRIEFLY.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThat(server.client().exists(root + "/s", false)).isNull();
        proxy.pass();
        assertThat(answer.get(SOON.toMillis(), TimeUnit.MILLISECONDS)).isZero();
    }

    @Test
    void refusedMeansRefused() throws Exception {
        disconnected(zk, proxy::refuse);
        assertThatThrownBy(this::openSocket).isInstanceOf(ConnectException.class);
        proxy.pass();
        awaitWorking();
    }

    @Test
    void aCutConnectionIsMadeAnew() throws Exception {
        long session = zk.getSessionId();
        disconnected(zk, proxy::cut);
        awaitWorking();
        assertThat(zk.getSessionId()).isEqualTo(session);
    }

    @Test
    void aDelayAddsToEachDirectionAndDoesNotQueueUp() throws Exception {
        assertThat(zk.exists(root, false)).isNotNull();
        proxy.delay(BRIEFLY);
        long begun = System.nanoTime();
        CompletableFuture<Integer> last = new CompletableFuture<>();
        for (int i = 0; i < 20; i++) {
            boolean isLast = i == 19;
            zk.exists(
                    root,
                    false,
                    (rc, p, c, s) -> {
                        if (isLast) {
                            last.complete(rc);
                        }
                    },
                    null);
        }
        assertThat(last.get(SOON.toMillis(), TimeUnit.MILLISECONDS)).isZero();
        Duration taken = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(taken).isBetween(BRIEFLY.multipliedBy(2), BRIEFLY.multipliedBy(8));
        proxy.delay(Duration.ZERO);
    }

    /** Runs what disconnects the handle, and waits until it has been told. */
    private static void disconnected(ZooKeeper handle, Runnable action) throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        handle.register(event -> {
            if (event.getState() == KeeperState.Disconnected) {
                told.countDown();
            }
        });
        action.run();
        assertThat(told.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    }

    private void awaitWorking() {
        Deadline.until("the client works again", SOON, () -> zk.exists(root, false) != null);
    }

    private void create(String name) {
        try {
            String made = server.client().create(root + name, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            assertThat(made).endsWith(name);
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void openSocket() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(Ports.loopback(proxy.port()));
        }
    }
}
