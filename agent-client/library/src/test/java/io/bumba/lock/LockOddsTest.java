package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.agent.AgentSpec;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.Sessions;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkTree;
import io.bumba.zk.WorkspaceSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bad links, blocked callbacks, leaping clocks and senseless requests. */
@Timeout(120)
class LockOddsTest extends LockFixture {
    private List<String> nodes() {
        return ZkTree.ephemerals(server.client(), root).stream()
                .filter(node -> node.contains("/workspaces/"))
                .toList();
    }

    private void assertNothingIsLeft() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(nodes()).as("waits, queues and lines").isEmpty());
    }

    // ---- the link
    // ----------------------------------------------------------------------------------------------------

    @Test
    void aFlappingLinkLeavesNothingAndGrantsNothingTwice() throws Exception {
        // fault 17
        TcpProxy proxy = keep(TcpProxy.to(server));
        List<FileLocks> agents = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            agents.add(agent(through(proxy, Duration.ofSeconds(20)), "Far" + i));
        }
        agents.add(agent(direct(), "Near"));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger granted = new AtomicInteger();
        AtomicInteger cut = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        ScheduledExecutorService link = Executors.newSingleThreadScheduledExecutor();
        ExecutorService threads = Executors.newFixedThreadPool(agents.size());
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        try {
            var unused = link.scheduleAtFixedRate(
                    () -> {
                        if (cut.incrementAndGet() % 2 == 1) {
                            proxy.refuse();
                        } else {
                            proxy.pass();
                        }
                    },
                    1,
                    1,
                    TimeUnit.SECONDS);
            for (FileLocks each : agents) {
                ends.add(CompletableFuture.runAsync(
                        () -> {
                            while (!over.get()) {
                                takeOnce(each, inside, granted);
                            }
                        },
                        threads));
            }
            await().atMost(Duration.ofSeconds(40)).until(() -> cut.get() >= 14);
            link.shutdownNow();
            assertThat(link.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            proxy.pass();
            over.set(true);
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        } finally {
            over.set(true);
            link.shutdownNow();
            threads.shutdown();
        }
        System.out.printf("%d grants over a link that flapped %d times%n", granted.get(), cut.get());
        assertThat(granted).hasPositiveValue();
        assertNothingIsLeft();
        for (FileLocks each : agents) {
            each.acquire(PATH, PATIENT).orElseThrow().close();
        }
    }

    /** The sessions outlast the link's pauses: a grant is not lost, and nobody else has one meanwhile. */
    private static void takeOnce(FileLocks locks, AtomicInteger inside, AtomicInteger granted) {
        try {
            LockResult result = locks.acquire(PATH, LockOptions.waitUpTo(Duration.ofSeconds(5)));
            if (result instanceof LockResult.Granted ok) {
                if (inside.incrementAndGet() != 1) {
                    throw new AssertionError("two hold the lock");
                }
                granted.incrementAndGet();
                // A trip to the servers and back: time for another to come in, if one can.
                ok.held().verify().toCompletableFuture().get(30, TimeUnit.SECONDS);
                inside.decrementAndGet();
                // LOST may be said wrongly after a lost reply (ADR 1), never the other way round.
                assertThat(ok.held().release()).isIn(ReleaseResult.RELEASED, ReleaseResult.LOST);
            } else if (!(result instanceof LockResult.TimedOut)) {
                throw new AssertionError(result.message());
            }
        } catch (BumbaException e) {
            // The operation timeout is longer than a pause; but the link may fail again and again.
            if (e.code() != BumbaException.Code.UNAVAILABLE && e.code() != BumbaException.Code.RELEASE_UNCONFIRMED) {
                throw e;
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void overASlowLinkEverythingIsAsElsewhereAndWaitsEndInTime() throws Exception {
        // faults 18 and 20
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba near = direct();
        FileLocks far = agent(through(proxy, Duration.ofSeconds(30)), "Far");
        FileLocks other = agent(near, "Near");
        LockGrant held = other.acquire(PATH, PATIENT).orElseThrow();
        proxy.delay(Duration.ofSeconds(2));
        Duration wait = Duration.ofSeconds(5);
        long began = System.nanoTime();
        LockResult late = far.acquire(PATH, LockOptions.waitUpTo(wait));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.printf("a wait of %d ms over a slow link took %d ms%n", wait.toMillis(), took.toMillis());
        assertThat(late).isInstanceOf(LockResult.TimedOut.class);
        assertThat(took)
                .isGreaterThanOrEqualTo(wait)
                .isLessThan(wait.plus(Acquisition.GRACE).plusSeconds(2));
        CompletableFuture<LockResult> waiting = far.acquireAsync(PATH, PATIENT);
        awaitWaiters(near, PATH, 1);
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        LockGrant grant = waiting.get(40, TimeUnit.SECONDS).orElseThrow();
        assertThat(grant.token()).isGreaterThan(held.token());
        assertThat(other.acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);
        assertThat(grant.isValid()).isTrue();
        assertThat(grant.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(nodes()).isEmpty();
        proxy.delay(Duration.ZERO);
    }

    @Test
    void aSessionThatEndsWhileTheContenderIsCreatedLeavesNone() throws Exception {
        // fault 24: the creation has happened, nobody has heard of it
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba far = through(proxy, Duration.ofSeconds(10));
        FileLocks ada = agent(far, "Ada");
        ZooKeeper handle = workshop(far).client().getZookeeperClient().getZooKeeper();
        Fault fault = proxy.beforeReply(request -> mentions(request, "__WRIT__"), () -> {
            Sessions.expire(server.connectString(), handle.getSessionId());
            proxy.cut();
        });
        LockResult result = ada.acquire(PATH, PATIENT);
        fault.await(SOON);
        assertThat(result).isInstanceOf(LockResult.Lost.class);
        assertThat(nodes()).isEmpty();
        LockGrant grant = agent(far, "Ada").acquire(PATH, PATIENT).orElseThrow();
        assertThat(contenders(PATH)).hasSize(1);
        grant.close();
    }

    @Test
    void aPredecessorThatGoesBeforeItIsWatchedIsNotWaitedFor() throws Exception {
        // fault 28
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks ada = agent(through(proxy, Duration.ofSeconds(10)), "Ada");
        LockGrant held = agent(direct(), "Bob").acquire(PATH, PATIENT).orElseThrow();
        String predecessor = contender(PATH);
        Fault fault = proxy.beforeRequest(
                request -> (request.opCode() == OpCode.exists || request.opCode() == OpCode.getData)
                        && mentions(request, predecessor)
                        && request.frame()[request.frame().length - 1] == 1,
                held::close);
        LockGrant grant = ada.acquire(PATH, PATIENT).orElseThrow();
        assertThat(fault.hasStruck()).isTrue();
        grant.close();
        assertNothingIsLeft();
    }

    // ---- callbacks
    // ---------------------------------------------------------------------------------------------------

    @Test
    void aBlockedCallbackHoldsUpNobodyElse() throws Exception {
        // fault 29
        Bumba bumba = direct();
        FileLocks ada = agent(bumba, "Ada");
        FileLocks bob = agent(bumba, "Bob");
        CountDownLatch blocked = new CountDownLatch(2);
        CountDownLatch free = new CountDownLatch(1);
        ExecutorService own = Executors.newSingleThreadExecutor();
        try {
            LockGrant lost = ada.acquire(OTHER, PATIENT).orElseThrow();
            lost.onLost(own, () -> block(blocked, free));
            server.client().delete(contender(OTHER), -1);
            CompletableFuture<Void> done = ada.acquireAsync(PATH, PATIENT).thenAccept(result -> block(blocked, free));
            assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
            long began = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                RepoPath path = RepoPath.of("free/" + i);
                ada.acquireAsync(path, PATIENT)
                        .get(5, TimeUnit.SECONDS)
                        .orElseThrow()
                        .close();
                CompletableFuture<LockResult> waiting;
                try (LockGrant held = bob.acquire(path, PATIENT).orElseThrow()) {
                    waiting = ada.acquireAsync(path, PATIENT);
                    awaitWaiters(bumba, path, 1);
                    assertThat(held.isValid()).isTrue();
                }
                waiting.get(5, TimeUnit.SECONDS).orElseThrow().close();
            }
            assertThat(bob.acquire(PATH, LockOptions.waitUpTo(Duration.ofMillis(200))))
                    .isInstanceOf(LockResult.TimedOut.class);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
            assertThat(done).as("still blocked").isNotDone();
        } finally {
            free.countDown();
            own.shutdown();
        }
        assertThat(own.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void block(CountDownLatch blocked, CountDownLatch free) {
        blocked.countDown();
        hold(free);
    }

    // ---- counts, tokens and priorities
    // ----------------------------------------------------------------------------

    @Test
    void aHolderIsNotDisplacedByAHigherPriority() throws Exception {
        // fault 33
        Bumba bumba = direct();
        LockGrant held = agent(bumba, "Holder")
                .acquire(PATH, PATIENT.withPriority(Priority.LOW))
                .orElseThrow();
        FencingToken token = held.token();
        CompletableFuture<LockResult> waiting =
                agent(bumba, "Newcomer").acquireAsync(PATH, PATIENT.withPriority(Priority.CRITICAL));
        awaitWaiters(bumba, PATH, 1);
        assertThat(held.verify().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(held.isValid()).isTrue();
        assertThat(held.token()).isEqualTo(token);
        assertThat(waiting).isNotDone();
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        waiting.get(10, TimeUnit.SECONDS).orElseThrow().close();
    }

    @Test
    void tenThousandGrantsOfOneFileAreCountedAndOneReleaseTooManyIsRefused() throws Exception {
        // fault 37
        Bumba bumba = direct();
        FileLocks ada = agent(bumba, "Ada");
        FileLocks bob = agent(bumba, "Bob");
        List<LockGrant> grants = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            grants.add(ada.acquire(PATH, LockOptions.tryNow()).orElseThrow());
        }
        assertThat(contenders(PATH)).hasSize(1);
        Collections.shuffle(grants);
        LockGrant last = grants.remove(0);
        for (LockGrant each : grants) {
            assertThat(each.release()).isEqualTo(ReleaseResult.STILL_HELD);
        }
        assertThat(grants.get(0).release()).isEqualTo(ReleaseResult.ALREADY_RELEASED);
        assertThat(last.isValid()).isTrue();
        assertThat(bob.acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);
        assertThat(last.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(last.release()).isEqualTo(ReleaseResult.ALREADY_RELEASED);
        bob.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
    }

    @Test
    void anOldGrantReleasesNeitherTheNextOneNorAnotherAgents() throws Exception {
        // fault 38
        Bumba bumba = direct();
        FileLocks ada = agent(bumba, "Ada");
        LockGrant old = ada.acquire(PATH, PATIENT).orElseThrow();
        assertThat(old.release()).isEqualTo(ReleaseResult.RELEASED);
        LockGrant lost = ada.acquire(PATH, PATIENT).orElseThrow();
        assertThat(old.release()).isEqualTo(ReleaseResult.ALREADY_RELEASED);
        assertThat(lost.verify().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();
        server.client().delete(contender(PATH), -1);
        await().until(() -> !lost.isValid());
        LockGrant next = agent(bumba, "Bob").acquire(PATH, PATIENT).orElseThrow();
        assertThat(old.release()).isEqualTo(ReleaseResult.ALREADY_RELEASED);
        assertThat(lost.release()).isEqualTo(ReleaseResult.LOST);
        assertThat(next.verify().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(next.isValid()).isTrue();
        next.close();
    }

    // ---- time
    // --------------------------------------------------------------------------------------------------------

    @Test
    void aWaitOfZeroIsAnsweredAtOnceAndOneOutOfBoundsIsRefused() throws Exception {
        // fault 40
        Bumba bumba = direct();
        FileLocks bob = agent(bumba, "Bob");
        LockGrant held = agent(bumba, "Ada").acquire(PATH, PATIENT).orElseThrow();
        assertThat(bob.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ZERO)).get(5, TimeUnit.SECONDS))
                .isInstanceOf(LockResult.Held.class);
        for (Duration wrong : List.of(
                Duration.ofNanos(-1),
                Duration.ofSeconds(Long.MIN_VALUE),
                LockOptions.MAX_WAIT.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))) {
            assertThatThrownBy(() -> LockOptions.waitUpTo(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.toString());
        }
        CompletableFuture<LockResult> longest = bob.acquireAsync(PATH, LockOptions.waitUpTo(LockOptions.MAX_WAIT));
        awaitWaiters(bumba, PATH, 1);
        assertThat(bob.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofNanos(1)))
                        .get(5, TimeUnit.SECONDS))
                .isNotInstanceOf(LockResult.Granted.class);
        held.close();
        longest.get(10, TimeUnit.SECONDS).orElseThrow().close();
        assertNothingIsLeft();
    }

    @Test
    void aWallClockThatLeapsMovesNeitherWaitsNorLeases() throws Exception {
        // fault 41
        Bumba bumba = direct();
        AtomicReference<Duration> wrong = new AtomicReference<>(Duration.ZERO);
        Workshop leaping = with(workshop(bumba), () -> Instant.now().plus(wrong.get()));
        FileLocks ada = locks(leaping, bumba, "Ada");
        FileLocks bob = locks(leaping, bumba, "Bob");
        for (Duration leap : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
            Duration length = Duration.ofSeconds(3);
            wrong.set(Duration.ZERO);
            long before = System.nanoTime();
            LockGrant held = ada.acquire(PATH, PATIENT.forAtMost(length)).orElseThrow();
            CompletableFuture<LockResult> waiting = bob.acquireAsync(PATH, PATIENT);
            awaitWaiters(bumba, PATH, 1);
            wrong.set(leap);
            long began = System.nanoTime();
            assertThat(bob.acquire(OTHER, PATIENT).orElseThrow().release()).isEqualTo(ReleaseResult.RELEASED);
            LockGrant other = ada.acquire(OTHER, PATIENT).orElseThrow();
            assertThat(bob.acquire(OTHER, LockOptions.waitUpTo(Duration.ofMillis(500))))
                    .isInstanceOf(LockResult.TimedOut.class);
            Duration waited = Duration.ofNanos(System.nanoTime() - began);
            assertThat(waited).isBetween(Duration.ofMillis(500), Duration.ofSeconds(10));
            other.close();
            LockGrant next = waiting.get(20, TimeUnit.SECONDS).orElseThrow();
            Duration held3 = Duration.ofNanos(System.nanoTime() - before);
            assertThat(held3).as("leap of %s", leap).isBetween(length, Duration.ofSeconds(15));
            assertThat(held.release()).isEqualTo(ReleaseResult.LOST);
            assertThat(next.isValid()).isTrue();
            next.close();
        }
    }

    private static FileLocks locks(Workshop shop, Bumba bumba, String name) {
        return new FileLocks(shop, bumba.register(AgentSpec.of("Tester", name)), WorkspaceSettings.DEFAULT);
    }

    private static Workshop with(Workshop shop, InstantSource time) {
        return new Workshop(
                shop.client(),
                shop.layout(),
                shop.borders(),
                shop.containers(),
                shop.encounters(),
                shop.clock(),
                shop.callbacks(),
                shop.events(),
                shop.nanos(),
                time,
                shop.operationTimeout());
    }

    // ---- size
    // --------------------------------------------------------------------------------------------------------

    @Test
    void whatIsTooLargeIsRefusedByNameAndTheSessionLivesOn() throws Exception {
        // fault 55
        Bumba bumba = direct();
        FileLocks ada = agent(bumba, "Ada");
        LockGrant held = ada.acquire(OTHER, PATIENT).orElseThrow();
        assertThatThrownBy(() -> PATIENT.because("x".repeat(1_100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MAX_REASON")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_000));
        List<RepoPath> many = new ArrayList<>();
        for (int i = 0; i <= FileLocks.MAX_LOCKS_AT_ONCE; i++) {
            many.add(RepoPath.of("many/" + i));
        }
        assertThatThrownBy(() -> ada.lockAll(PathSet.of(many), PATIENT))
                .isInstanceOf(BumbaException.class)
                .hasMessageContaining("MAX_LOCKS_AT_ONCE");
        // Strangers in the lock's node: their names alone are half of what a reply may have.
        LockGrant first = ada.acquire(PATH, PATIENT).orElseThrow();
        CountDownLatch made = new CountDownLatch(8_000);
        for (int i = 0; i < 8_000; i++) {
            server.client()
                    .create(
                            lockNode(PATH) + "/stranger-" + "x".repeat(40) + i,
                            new byte[0],
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.PERSISTENT,
                            (code, path, context, name) -> made.countDown(),
                            null);
        }
        assertThat(made.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(contenders(PATH)).hasSize(8_001);
        assertThat(agent(bumba, "Bob").acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);
        assertThat(first.release()).isEqualTo(ReleaseResult.RELEASED);
        agent(bumba, "Bob").acquire(PATH, PATIENT).orElseThrow().close();
        assertThat(held.isValid()).isTrue();
        held.close();
    }

    @Test
    void aFileWithMoreChildrenThanAReplyHoldsIsRefusedAndTheSessionAndItsOtherLocksLiveOn() throws Exception {
        // fault 55
        Bumba bumba = direct();
        FileLocks ada = agent(bumba, "Ada");
        LockGrant other = ada.acquire(OTHER, PATIENT).orElseThrow();
        ada.acquire(PATH, PATIENT).orElseThrow().close();
        int many = 20_000;
        AtomicInteger made = new AtomicInteger();
        for (int i = 0; i < many; i++) {
            server.client()
                    .create(
                            lockNode(PATH) + "/" + "foreign-".repeat(7) + i,
                            new byte[0],
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.PERSISTENT,
                            (rc, path, context, name) -> made.incrementAndGet(),
                            null);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> made.get() == many);
        assertThatThrownBy(() -> ada.acquire(PATH, LockOptions.waitUpTo(Duration.ofSeconds(30))))
                .isInstanceOfSatisfying(
                        BumbaException.class, e -> assertThat(e.code()).isEqualTo(BumbaException.Code.LIMIT))
                .hasMessageContaining("MAX_LISTED")
                .hasMessageContaining("jute.maxbuffer");
        await().atMost(SOON).until(other::isValid);
        assertThat(other.release()).isEqualTo(ReleaseResult.RELEASED);
        ada.acquire(OTHER, PATIENT).orElseThrow().close();
        for (int i = 0; i < many; i++) {
            server.client()
                    .delete(
                            lockNode(PATH) + "/" + "foreign-".repeat(7) + i,
                            -1,
                            (rc, path, context) -> made.decrementAndGet(),
                            null);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> made.get() == 0);
        assertThat(contenders(PATH)).as("ours is gone too").isEmpty();
        ada.acquire(PATH, PATIENT).orElseThrow().close();
    }
}
