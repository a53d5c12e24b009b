package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.Sessions;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkServer;
import io.bumba.testkit.ZkTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class LockFaultsTest {
    private static final RepoPath PATH = RepoPath.of("src/auth/login.js");
    private static final LockOptions PATIENT = LockOptions.waitUpTo(Duration.ofSeconds(30));

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();
    private final TcpProxy proxy = TcpProxy.to(server);
    private final Bumba bumba = Bumba.connect(config(proxy.connectString()).build());
    private final Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
    private final FileLocks locks = bumba.locks(ada);
    private final Bumba others = Bumba.connect(config(server.connectString()).build());

    @AfterEach
    void close() {
        proxy.pass();
        bumba.close();
        others.close();
        proxy.close();
    }

    private BumbaConfig.Builder config(String connectString) {
        return BumbaConfig.builder(connectString)
                .root(root)
                .sessionTimeout(Duration.ofSeconds(3))
                .operationTimeout(Duration.ofSeconds(4));
    }

    private FileLocks other(String name) {
        return others.locks(others.register(AgentSpec.of("Tester", name)));
    }

    private List<String> contenders() {
        return ZkTree.ephemerals(server.client(), root).stream()
                .filter(path -> path.contains("@lock") || path.contains("@queue"))
                .toList();
    }

    /** What becomes of the deciding transaction of an acquire. */
    enum Loss {
        REQUEST,
        REPLY
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void anUnknownOutcomeOfTheCreationIsResolvedByOurUuid(Loss loss) throws Exception {
        // fault 14: neither a ghost in front of us nor a second contender
        Fault fault = loss == Loss.REPLY ? proxy.loseReplyTo(OpCode.multi) : proxy.loseRequest(OpCode.multi);
        LockGrant grant = locks.acquire(PATH, PATIENT).orElseThrow();
        fault.await(Duration.ofSeconds(10));
        assertThat(contenders()).hasSize(1);
        assertThat(grant.token().zxid())
                .isEqualTo(server.client().exists(contenders().get(0), false).getCzxid());
        assertThat(other("Bob").acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);
        await().until(grant::isValid);
        assertThat(grant.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(contenders()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void anUnknownOutcomeOfTheReleaseIsResolvedAndOurOwnNextAcquireWorks(Loss loss) throws Exception {
        // fault 27, CURATOR-678
        LockGrant grant = locks.acquire(PATH, PATIENT).orElseThrow();
        // The servers reap an empty parent once a minute, and the evidence of our deletion with it.
        String parent = contenders().get(0).substring(0, contenders().get(0).lastIndexOf('/'));
        server.client().create(parent + "/keeps-it", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        Fault fault = loss == Loss.REPLY ? proxy.loseReplyTo(OpCode.multi) : proxy.loseRequest(OpCode.multi);
        assertThat(grant.release()).isEqualTo(ReleaseResult.RELEASED);
        fault.await(Duration.ofSeconds(10));
        assertThat(contenders()).isEmpty();
        locks.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void anUnknownOutcomeOfTheStepIntoTheQueueOrOutOfItIsResolved(Loss loss) throws Exception {
        FileLocks bob = other("Bob");
        FileLocks cid = other("Cid");
        LockGrant held = bob.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> first = cid.acquireAsync(PATH, PATIENT);
        await().until(() -> contenders().size() == 2);
        // The third must queue: its second transaction moves it from the line into the queue.
        AtomicInteger multis = new AtomicInteger();
        Fault fault = loss == Loss.REPLY
                ? proxy.loseReplyTo(r -> r.opCode() == OpCode.multi && multis.incrementAndGet() == 2)
                : proxy.loseRequest(r -> r.opCode() == OpCode.multi && multis.incrementAndGet() == 2);
        CompletableFuture<LockResult> second = locks.acquireAsync(PATH, PATIENT);
        fault.await(Duration.ofSeconds(10));
        await().until(() ->
                contenders().stream().filter(c -> c.contains("@queue")).count() == 1);
        // And the step out of the queue.
        Fault out = loss == Loss.REPLY ? proxy.loseReplyTo(OpCode.multi) : proxy.loseRequest(OpCode.multi);
        held.close();
        LockGrant next = first.get(10, TimeUnit.SECONDS).orElseThrow();
        out.await(Duration.ofSeconds(10));
        await().until(() -> contenders().size() == 2);
        next.close();
        second.get(10, TimeUnit.SECONDS).orElseThrow().close();
        assertThat(contenders()).isEmpty();
    }

    @Test
    void aNodeOfTheSessionBeforeIsNotTakenForOurs() throws Exception {
        // fault 23, CURATOR-604: before the recipe decides, its session ends for the client; the node stays visible
        CuratorFramework curator = CuratorFrameworkFactory.builder()
                .connectString(proxy.connectString())
                .sessionTimeoutMs(10_000)
                .connectionTimeoutMs(10_000)
                .retryPolicy(new RetryNTimes(10, 100))
                .build();
        curator.start();
        try (Bumba attached =
                Bumba.attach(curator, config(proxy.connectString()).build())) {
            FileLocks eve = attached.locks(attached.register(AgentSpec.of("Tester", "Eve")));
            ZooKeeper first = curator.getZookeeperClient().getZooKeeper();
            // The contender stands; the listings that the recipe is to decide over are on their way.
            AtomicInteger listings = new AtomicInteger();
            Fault fault = proxy.beforeRequest(
                    r -> r.opCode() == OpCode.getChildren2 && listings.incrementAndGet() == 2,
                    () -> Sessions.expireAtClientOnly(first));
            LockResult result = eve.acquire(PATH, PATIENT);
            fault.await(Duration.ofSeconds(10));
            assertThat(result).isInstanceOf(LockResult.Lost.class);
            assertThat(result.message()).contains("session ended");
        }
        curator.close();
    }

    @Test
    void suspendedIsInvalidAtOnceAndReconnectedValidAfterVerification() throws Exception {
        LockGrant grant = locks.acquire(PATH, PATIENT).orElseThrow();
        AtomicInteger lost = new AtomicInteger();
        grant.onLost(Runnable::run, lost::incrementAndGet);
        proxy.refuse();
        await().atMost(Duration.ofSeconds(1)).until(() -> !grant.isValid());
        // Reconnected, but the verifying write is held up: still not valid.
        CompletableFuture<Void> reached = new CompletableFuture<>();
        CompletableFuture<Void> mayPass = new CompletableFuture<>();
        proxy.beforeRequest(OpCode.multi, () -> {
            reached.complete(null);
            mayPass.join();
        });
        proxy.pass();
        reached.get(10, TimeUnit.SECONDS);
        assertThat(grant.isValid()).isFalse();
        mayPass.complete(null);
        await().atMost(Duration.ofSeconds(10)).until(grant::isValid);
        assertThat(lost).hasValue(0);
        assertThat(grant.release()).isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void lossOfTheSessionIsToldOnceOnTheGivenExecutorAndIsFinal() throws Exception {
        LockGrant grant = locks.acquire(PATH, PATIENT).orElseThrow();
        LockGrant blocked = other("Bob").acquire(RepoPath.of("b"), PATIENT).orElseThrow();
        CompletableFuture<LockResult> waiting = locks.acquireAsync(RepoPath.of("b"), PATIENT);
        await().until(() -> contenders().size() == 3);
        AtomicInteger told = new AtomicInteger();
        AtomicReference<String> on = new AtomicReference<>("nowhere");
        Executor executor = task -> new Thread(task, "the-given-executor").start();
        grant.onLost(executor, () -> {
            on.set(Thread.currentThread().getName());
            told.incrementAndGet();
        });
        Sessions.expireAtServer(server, ada.session().id());
        await().atMost(Duration.ofSeconds(10)).until(() -> told.get() == 1);
        assertThat(on).hasValue("the-given-executor");
        assertThat(grant.isValid()).isFalse();
        assertThat(grant.release()).isEqualTo(ReleaseResult.LOST);
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isInstanceOf(LockResult.Lost.class);
        assertThat(ada.isAlive()).isFalse();
        assertThat(locks.acquire(PATH, PATIENT)).isInstanceOf(LockResult.Lost.class);
        AtomicInteger late = new AtomicInteger();
        grant.onLost(Runnable::run, late::incrementAndGet);
        assertThat(late).hasValue(0);
        // The connection begins a new session for a new agent.
        FileLocks again = bumba.locks(bumba.register(AgentSpec.of("Tester", "Ada")));
        LockGrant next = again.acquire(PATH, PATIENT).orElseThrow();
        assertThat(next.token()).isGreaterThan(grant.token());
        assertThat(told).hasValue(1);
        next.close();
        blocked.close();
    }

    @Test
    void closingALostGrantSaysSo() throws Exception {
        LockGrant grant = locks.acquire(PATH, PATIENT).orElseThrow();
        Sessions.expireAtServer(server, ada.session().id());
        await().atMost(Duration.ofSeconds(10)).until(() -> !ada.isAlive());
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(grant::close)
                .withMessageContaining("ended before it was given back")
                .satisfies(e -> assertThat(e.code()).isEqualTo(BumbaException.Code.LOCK_LOST));
    }

    @Test
    void aContenderDeletedByAnOperatorIsLostNotReleased() throws Exception {
        LockGrant young = locks.acquire(PATH, PATIENT).orElseThrow();
        server.client().delete(contenders().get(0), -1);
        assertThat(young.release()).isEqualTo(ReleaseResult.LOST);

        LockGrant old = locks.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<Void> told = new CompletableFuture<>();
        old.onLost(Runnable::run, () -> told.complete(null));
        server.client().delete(contenders().get(0), -1);
        told.get(5, TimeUnit.SECONDS);
        assertThat(old.isValid()).isFalse();
        other("Bob").acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
    }

    @Test
    void anAgentWhoseRegistrationIsDeletedEndsWithItsLocks() throws Exception {
        LockGrant grant = locks.acquire(PATH, PATIENT).orElseThrow();
        server.client().delete(root + "/agents/" + ada.id(), -1);
        await().atMost(Duration.ofSeconds(10)).until(() -> !ada.isAlive());
        await().until(() -> !grant.isValid());
        await().until(() -> contenders().isEmpty());
    }

    @Test
    void withoutAnAnswerNothingIsGrantedAndWaitsEndInTime() throws Exception {
        // fault 13, 19: the half-open connection is not yet noticed
        proxy.blackhole();
        long before = System.nanoTime();
        try {
            // The session's end may be found out before the operation's time-out.
            assertThat(locks.acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Lost.class);
        } catch (BumbaException e) {
            assertThat(e.code()).isEqualTo(BumbaException.Code.UNAVAILABLE);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        assertThat(contenders()).isEmpty();
    }

    @Test
    void aWaitEndsInTimeThoughTheConnectionIsGoneAndLeavesNothingWhenItIsBack() throws Exception {
        LockGrant held = other("Bob").acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> waiting = locks.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofSeconds(1)));
        await().until(() -> contenders().size() == 2);
        proxy.blackhole();
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isInstanceOf(LockResult.TimedOut.class);
        proxy.pass();
        await().atMost(Duration.ofSeconds(15)).until(() -> contenders().size() == 1);
        held.close();
    }

    @Test
    void anInterruptWhileTheContenderIsCreatedLeavesNone() throws Exception {
        // faults 25, 26
        for (int opCode : List.of(OpCode.multi, OpCode.getChildren2)) {
            Thread here = Thread.currentThread();
            Fault fault = proxy.beforeRequest(opCode, here::interrupt);
            try {
                LockGrant grant = locks.acquire(PATH, PATIENT).orElseThrow();
                assertThat(Thread.interrupted()).isTrue();
                grant.close();
            } catch (InterruptedException e) {
                await().until(fault::hasStruck);
            }
            await().until(() -> contenders().isEmpty());
        }
    }

    @Test
    void aTerritoryThatAppearsWhileALockIsCreatedIsNeverMissed() throws Exception {
        // P8: the creation checks the version of the ledger that was looked at; this version knows no territories
        String ledger = root + "/workspaces/default/territories";
        byte[] claimed = "{\"v\":1,\"changes\":[[1,\"t1\"]]}".getBytes(StandardCharsets.UTF_8);
        locks.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
        Fault fault = proxy.beforeRequest(OpCode.multi, () -> {
            try {
                server.client().setData(ledger, claimed, -1);
            } catch (KeeperException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(() -> locks.acquire(PATH, PATIENT))
                .withMessageContaining("territories")
                .satisfies(e -> assertThat(e.code()).isEqualTo(BumbaException.Code.UNSUPPORTED));
        fault.await(Duration.ofSeconds(10));
        assertThat(contenders()).isEmpty();
    }

    @Test
    void aLedgerThatChangedWithoutATerritoryIsLookedAtAgain() throws Exception {
        locks.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
        String ledger = root + "/workspaces/default/territories";
        server.client().setData(ledger, server.client().getData(ledger, false, null), -1);
        locks.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
    }

    @Test
    void aHeldLockSurvivesARestartOfTheServer(@TempDir Path data) throws Exception {
        try (ZkServer own = ZkServer.start(data);
                Bumba connection = Bumba.connect(config(own.connectString())
                        .sessionTimeout(Duration.ofSeconds(20))
                        .build())) {
            FileLocks eve = connection.locks(connection.register(AgentSpec.of("Tester", "Eve")));
            FileLocks bob = connection.locks(connection.register(AgentSpec.of("Tester", "Bob")));
            LockGrant grant = eve.acquire(PATH, PATIENT).orElseThrow();
            CompletableFuture<LockResult> waiting = bob.acquireAsync(PATH, PATIENT);
            await().until(() -> ZkTree.dump(own.client(), root).stream()
                            .filter(node -> node.contains("__WRIT__"))
                            .count()
                    == 2);
            own.stop();
            await().atMost(Duration.ofSeconds(5)).until(() -> !grant.isValid());
            own.restart();
            await().atMost(Duration.ofSeconds(15)).until(grant::isValid);
            assertThat(waiting).isNotDone();
            assertThat(grant.release()).isEqualTo(ReleaseResult.RELEASED);
            waiting.get(10, TimeUnit.SECONDS).orElseThrow().close();
        }
    }

    @Test
    void tokensRiseThoughTheLocksNodesAreReapedAndMadeAgain(@TempDir Path data) throws Exception {
        // fault 31: sequence numbers begin again, zxids do not
        try (ZkServer own = ZkServer.start(data, Map.of("znode.container.checkIntervalMs", "100"));
                Bumba connection = Bumba.connect(config(own.connectString()).build())) {
            FileLocks eve = connection.locks(connection.register(AgentSpec.of("Tester", "Eve")));
            long last = 0;
            for (int i = 0; i < 5; i++) {
                LockGrant grant = eve.acquire(PATH, PATIENT).orElseThrow();
                assertThat(grant.token().zxid()).isGreaterThan(last);
                last = grant.token().zxid();
                grant.close();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> ZkTree.dump(own.client(), root).stream().noneMatch(path -> path.contains("/src")));
            }
        }
    }
}
