package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Watches;
import io.bumba.testkit.ZkServer;
import io.bumba.testkit.ZkTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FileLocksTest {
    private static final RepoPath PATH = RepoPath.of("src/auth/login.js");
    private static final LockOptions PATIENT = LockOptions.waitUpTo(Duration.ofSeconds(30));

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();
    private Bumba bumba;

    @BeforeEach
    void connect() {
        bumba = Bumba.connect(config().lanes(1).build());
    }

    @AfterEach
    void disconnect() {
        bumba.close();
    }

    private BumbaConfig.Builder config() {
        return BumbaConfig.builder(server.connectString()).root(root).sessionTimeout(Duration.ofSeconds(5));
    }

    private FileLocks agent(String name) {
        return bumba.locks(bumba.register(AgentSpec.of("Tester", name)));
    }

    @Test
    void aFreeFileIsGrantedAndAHeldOneIsRefusedWithItsHolder() throws Exception {
        FileLocks ada = agent("Ada");
        FileLocks bob = agent("Bob");
        LockGrant grant =
                ada.acquire(PATH, LockOptions.tryNow().because("fix login")).orElseThrow();
        assertThat(grant.isValid()).isTrue();
        assertThat(grant.verify().toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isTrue();

        LockResult refused = bob.acquire(PATH, LockOptions.tryNow());
        assertThat(refused).isInstanceOfSatisfying(LockResult.Held.class, held -> {
            assertThat(held.holders()).singleElement().satisfies(holder -> {
                assertThat(holder.agent()).startsWith("Tester-Ada-");
                assertThat(holder.reason()).isEqualTo("fix login");
                assertThat(holder.mode()).isEqualTo(LockMode.EXCLUSIVE);
                assertThat(holder.token()).isEqualTo(grant.token());
            });
            assertThat(held.waiters()).isZero();
            assertThat(held.message()).contains("src/auth/login.js is held by Tester-Ada-", "fix login");
        });
        assertThat(grant.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(grant.release()).isEqualTo(ReleaseResult.ALREADY_RELEASED);
        try (LockGrant next = bob.acquire(PATH, LockOptions.tryNow()).orElseThrow()) {
            assertThat(next.token()).isGreaterThan(grant.token());
        }
    }

    @Test
    void aWaiterIsServedWhenTheHolderReleases() throws Exception {
        FileLocks ada = agent("Ada");
        FileLocks bob = agent("Bob");
        LockGrant first = ada.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> waiting = bob.acquireAsync(PATH, PATIENT);
        await().until(() -> entry().waiters().size() == 1);
        assertThat(waiting).isNotDone();
        first.close();
        try (LockGrant second = waiting.get(10, TimeUnit.SECONDS).orElseThrow()) {
            assertThat(second.token()).isGreaterThan(first.token());
        }
    }

    @Test
    void waitersAreServedInOrderOfArrivalAndByPriority() throws Exception {
        LockGrant holder = agent("Holder").acquire(PATH, PATIENT).orElseThrow();
        List<String> served = new ArrayList<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        // The first in line cannot be overtaken, however important the others are.
        for (String who : List.of("a-NORMAL", "b-NORMAL", "c-LOW", "d-HIGH", "e-NORMAL", "f-HIGH")) {
            Priority priority = Priority.valueOf(who.substring(2));
            int before = entry().waiters().size();
            all.add(agent(who.substring(0, 1))
                    .acquireAsync(PATH, PATIENT.withPriority(priority))
                    .thenAccept(result -> {
                        synchronized (served) {
                            served.add(who);
                        }
                        result.orElseThrow().close();
                    }));
            await().until(() -> entry().waiters().size() == before + 1);
        }
        holder.close();
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        assertThat(served).containsExactly("a-NORMAL", "d-HIGH", "f-HIGH", "b-NORMAL", "e-NORMAL", "c-LOW");
    }

    @Test
    void sharedHoldersGoTogetherAndAnExclusiveWaiterIsNotStarvedByLaterOnes() throws Exception {
        LockGrant first = agent("R1").acquire(PATH, PATIENT.shared()).orElseThrow();
        LockGrant second =
                agent("R2").acquire(PATH, LockOptions.tryNow().shared()).orElseThrow();
        assertThat(entry().holders()).hasSize(2);
        CompletableFuture<LockResult> writer = agent("W").acquireAsync(PATH, PATIENT);
        await().until(() -> entry().waiters().size() == 1);
        CompletableFuture<LockResult> late = agent("R3").acquireAsync(PATH, PATIENT.shared());
        await().until(() -> entry().waiters().size() == 2);
        assertThat(agent("R4").acquire(PATH, LockOptions.tryNow().shared())).isInstanceOf(LockResult.Held.class);
        first.close();
        assertThat(writer).isNotDone();
        second.close();
        LockGrant written = writer.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(late).isNotDone();
        written.close();
        late.get(10, TimeUnit.SECONDS).orElseThrow().close();
    }

    @Test
    void anAgentHoldsCountedAcrossThreadsAndAnyThreadReleases() throws Exception {
        FileLocks ada = agent("Ada");
        FileLocks bob = agent("Bob");
        List<LockGrant> grants = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<LockGrant>> asked = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                asked.add(threads.submit(() -> ada.acquire(PATH, PATIENT).orElseThrow()));
            }
            for (Future<LockGrant> each : asked) {
                grants.add(each.get(20, TimeUnit.SECONDS));
            }
            assertThat(grants)
                    .extracting(LockGrant::token)
                    .containsOnly(grants.get(0).token());
            for (LockGrant grant : grants.subList(1, 100)) {
                assertThat(threads.submit(grant::release).get(5, TimeUnit.SECONDS))
                        .isEqualTo(ReleaseResult.STILL_HELD);
            }
            assertThat(bob.acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);
            assertThat(grants.get(0).isValid()).isTrue();
            assertThat(grants.get(1).isValid()).isFalse();
            assertThat(grants.get(0).release()).isEqualTo(ReleaseResult.RELEASED);
            bob.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aWaiterThatTimesOutOrIsCancelledLeavesNothing() throws Exception {
        FileLocks bob = agent("Bob");
        FileLocks eve = agent("Eve");
        FileLocks cid = agent("Cid");
        LockGrant held = agent("Ada").acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> first = bob.acquireAsync(PATH, PATIENT);
        await().until(() -> entry().waiters().size() == 1);
        LockResult timedOut = eve.acquire(PATH, LockOptions.waitUpTo(Duration.ofMillis(300)));
        assertThat(timedOut).isInstanceOfSatisfying(LockResult.TimedOut.class, t -> assertThat(t.holders())
                .singleElement()
                .satisfies(h -> assertThat(h.agent()).startsWith("Tester-Ada")));
        CompletableFuture<LockResult> cancelled = cid.acquireAsync(PATH, PATIENT);
        await().until(() -> entry().waiters().size() == 2);
        cancelled.cancel(true);
        await().until(() -> entry().waiters().size() == 1);
        first.cancel(true);
        await().until(() -> entry().waiters().isEmpty());
        held.close();
        await().until(() -> ZkTree.ephemerals(server.client(), root).size() == 4);
        await().until(() ->
                Watches.list(server).lines().noneMatch(line -> line.contains("@lock") || line.contains("@queue")));
    }

    @Test
    void anInterruptedWaiterLeavesNothing() throws Exception {
        LockGrant held = agent("Ada").acquire(PATH, PATIENT).orElseThrow();
        FileLocks bob = agent("Bob");
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                bob.acquire(PATH, PATIENT);
            } catch (InterruptedException e) {
                end.complete(e);
            }
        });
        waiter.start();
        await().until(() -> entry().waiters().size() == 1);
        waiter.interrupt();
        assertThat(end.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        await().until(() -> entry().waiters().isEmpty());
        held.close();
    }

    @Test
    void aThousandFailedTriesLeaveNoWatchAndNoNode() throws Exception {
        FileLocks bob = agent("Bob");
        LockGrant held = agent("Ada").acquire(PATH, PATIENT).orElseThrow();
        for (int i = 0; i < 1_000; i++) {
            assertThat(bob.acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);
        }
        assertThat(Watches.list(server).lines().filter(line -> line.contains("@queue")))
                .isEmpty();
        assertThat(ZkTree.ephemerals(server.client(), root)).hasSize(3);
        held.close();
    }

    @Test
    void twoAgentsOnOneLaneExcludeEachOther() throws Exception {
        // fault 35: the connection has one lane, on which the recipe would find its thread owns the lock already
        FileLocks ada = agent("Ada");
        FileLocks bob = agent("Bob");
        try (LockGrant held = ada.acquire(PATH, PATIENT).orElseThrow()) {
            assertThat(bob.acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Held.class);
            assertThat(held.isValid()).isTrue();
        }
    }

    @Test
    void sixtyFourThreadsRaiseANonAtomicCounterExactly(@TempDir Path directory) throws Exception {
        Path counter = Files.writeString(directory.resolve("counter"), "0");
        int each = 10;
        ExecutorService threads = Executors.newFixedThreadPool(64);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                FileLocks agent = agent("A" + i);
                all.add(threads.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        try (LockGrant grant = agent.acquire(PATH, LockOptions.waitUpTo(Duration.ofSeconds(100)))
                                .orElseThrow()) {
                            Files.writeString(
                                    counter, Integer.toString(Integer.parseInt(Files.readString(counter)) + 1));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(110, TimeUnit.SECONDS);
            }
            assertThat(Files.readString(counter)).isEqualTo(Integer.toString(64 * each));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aTerminatedAgentLeavesNothingAndItsGrantsAreLost() throws Exception {
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        FileLocks locks = bumba.locks(ada);
        LockGrant grant = locks.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<Void> told = new CompletableFuture<>();
        grant.onLost(Runnable::run, () -> told.complete(null));
        CompletableFuture<LockResult> waiting = locks.acquireAsync(RepoPath.of("b"), PATIENT);
        waiting.get(5, TimeUnit.SECONDS).orElseThrow();
        ada.close();
        assertThat(told).isDone();
        assertThat(grant.isValid()).isFalse();
        assertThat(grant.release()).isEqualTo(ReleaseResult.LOST);
        assertThat(ZkTree.ephemerals(server.client(), root)).isEmpty();
        assertThat(locks.acquire(PATH, PATIENT)).isInstanceOf(LockResult.Lost.class);
    }

    @Test
    void waitsThatMakeNoSenseAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockOptions.waitUpTo(Duration.ofSeconds(-1)))
                .withMessageContaining("negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockOptions.waitUpTo(Duration.ofMillis(Long.MAX_VALUE)))
                .withMessageContaining("MAX_WAIT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockOptions.tryNow().because("a\nb"))
                .withMessageContaining("control character");
    }

    private LockEntry entry() {
        return bumba.lockTable().read().locks().stream()
                .filter(e -> e.path().equals(PATH))
                .findFirst()
                .orElse(new LockEntry(PATH, List.of(), List.of(), List.of()));
    }
}
