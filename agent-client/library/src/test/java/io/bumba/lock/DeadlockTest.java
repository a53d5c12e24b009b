package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Jvm;
import io.bumba.testkit.LockChecker;
import io.bumba.testkit.LockHistory;
import io.bumba.testkit.ZkTree;
import io.bumba.zk.WorkspaceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Circles of real requests. Fault 39. */
@Timeout(180)
class DeadlockTest extends LockFixture {
    /** Generous: the machine is shared. Without detection they would wait for a minute and more. */
    private static final Duration PROMPTLY = Duration.ofSeconds(15);

    @TempDir
    Path directory;

    private void assertNothingLeft() {
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        ZkTree.ephemerals(server.client(), root).stream().filter(path -> !path.contains("/agents/")))
                .isEmpty());
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(PROMPTLY.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10})
    void acrossProcessesExactlyOneIsTheVictimAndTheOthersGoOn(int agents) {
        List<Jvm> diners = new ArrayList<>();
        try {
            for (int i = 0; i < agents; i++) {
                diners.add(Jvm.start(
                        Diner.class,
                        List.of("dine", server.connectString(), root, "f" + i, "f" + (i + 1) % agents),
                        Jvm.Options.defaults().withHeap("32m")));
            }
            List<String> names = diners.stream()
                    .map(each -> each.awaitLine(line -> line.startsWith("holding "), Duration.ofSeconds(60))
                            .substring("holding ".length()))
                    .toList();
            long closed = System.nanoTime();
            diners.forEach(each -> each.send("go"));
            await().atMost(PROMPTLY).until(() -> diners.stream()
                    .anyMatch(each -> each.lines().stream().anyMatch(line -> line.startsWith("deadlock "))));
            System.out.printf(
                    "a circle of %d processes was broken after %d ms%n",
                    agents, Duration.ofNanos(System.nanoTime() - closed).toMillis());
            // The victim gives up what it holds; so the one behind it gets on, and so on round the table.
            List<Jvm> left = new ArrayList<>(diners);
            int victims = 0;
            while (!left.isEmpty()) {
                Jvm next = await().atMost(PROMPTLY)
                        .until(
                                () -> left.stream()
                                        .filter(each -> each.lines().stream()
                                                .anyMatch(
                                                        line -> line.startsWith("deadlock ") || line.equals("granted")))
                                        .findFirst(),
                                java.util.Optional::isPresent)
                        .orElseThrow();
                for (String line : next.lines()) {
                    if (line.startsWith("deadlock ")) {
                        victims++;
                        assertThat(names).as("all are named").allMatch(line::contains);
                        for (int i = 0; i < agents; i++) {
                            assertThat(line).contains(">f" + i + ">");
                        }
                    }
                }
                next.send("release");
                assertThat(next.waitFor(PROMPTLY)).isZero();
                left.remove(next);
            }
            assertThat(victims).isEqualTo(1);
        } finally {
            diners.forEach(Jvm::close);
        }
        assertNothingLeft();
    }

    @Test
    void tenThousandRandomOrdersNeverHang() {
        List<Path> histories = new ArrayList<>();
        List<Jvm> wanderers = new ArrayList<>();
        long seed = System.nanoTime() % 1_000_000;
        System.out.println("random orders with seed " + seed);
        int deadlocks = 0;
        try {
            for (int i = 0; i < 2; i++) {
                histories.add(directory.resolve("history-" + i));
                wanderers.add(Jvm.start(
                        Diner.class,
                        List.of(
                                "wander",
                                server.connectString(),
                                root,
                                histories.get(i).toString(),
                                "5000",
                                Long.toString(seed + i)),
                        Jvm.Options.defaults().withHeap("128m")));
            }
            for (Jvm each : wanderers) {
                assertThat(each.waitFor(Duration.ofSeconds(150)))
                        .as("seed %d: %s", seed, each.lines())
                        .isZero();
                deadlocks += Integer.parseInt(each.awaitLine(line -> line.startsWith("deadlocks "), PROMPTLY)
                        .substring("deadlocks ".length()));
            }
        } finally {
            wanderers.forEach(Jvm::close);
        }
        System.out.println("deadlocks broken: " + deadlocks);
        assertThat(deadlocks).as("circles did close").isPositive();
        LockHistory history = LockHistory.read(histories);
        assertThat(history.ops()).hasSizeGreaterThan(20_000);
        LockChecker.assertNoViolation(history);
        assertNothingLeft();
    }

    /** Each round both close the circle at once: never both hang, never both die. */
    @RepeatedTest(25)
    void twoThatCloseACircleAtTheSameMomentLoseExactlyOne() throws Exception {
        FileLocks ada = agent(direct(), "Ada");
        FileLocks bob = agent(direct(), "Bob");
        LockGrant adas = ada.acquire(PATH, PATIENT).orElseThrow();
        LockGrant bobs = bob.acquire(OTHER, PATIENT).orElseThrow();
        CompletableFuture<LockResult> first = ada.acquireAsync(OTHER, PATIENT);
        CompletableFuture<LockResult> second = bob.acquireAsync(PATH, PATIENT);
        CompletableFuture<Object> any = CompletableFuture.anyOf(first, second);
        assertThat(get(any)).isInstanceOf(LockResult.Deadlock.class);
        if (first.isDone()) {
            adas.close();
            get(second).orElseThrow().close();
            bobs.close();
        } else {
            bobs.close();
            get(first).orElseThrow().close();
            adas.close();
        }
        assertNothingLeft();
    }

    @Test
    void whoIsGrantedSomethingWhileItWaitsElsewhereClosesTheCircle() throws Exception {
        FileLocks ada = agent(direct(), "Ada");
        FileLocks bob = agent(direct(), "Bob");
        FileLocks cleo = agent(direct(), "Cleo");
        Bumba bumba = direct();
        RepoPath third = RepoPath.of("src/c.js");
        LockGrant bobs = bob.acquire(PATH, PATIENT).orElseThrow();
        LockGrant cleos = cleo.acquire(OTHER, PATIENT).orElseThrow();
        // Ada waits for Bob; and for Cleo, before Bob does, so Bob waits for both.
        CompletableFuture<LockResult> adaForPath = ada.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockResult> bobForThird = bob.acquireAsync(third, PATIENT);
        get(bobForThird).orElseThrow().close();
        CompletableFuture<LockResult> bobForOther = bob.acquireAsync(OTHER, PATIENT);
        awaitWaiters(bumba, OTHER, 1);
        assertThat(List.of(adaForPath, bobForOther)).noneMatch(CompletableFuture::isDone);
        // Cleo goes; Ada takes a file that Bob then waits for: Ada waits for Bob already.
        LockGrant adaThird = ada.acquire(third, PATIENT).orElseThrow();
        cleos.close();
        get(bobForOther).orElseThrow().close();
        CompletableFuture<LockResult> circle = bob.acquireAsync(third, PATIENT);
        Object broken = get(CompletableFuture.anyOf(circle, adaForPath));
        assertThat(broken).isInstanceOfSatisfying(LockResult.Deadlock.class, deadlock -> {
            assertThat(deadlock.cycle())
                    .extracting(DeadlockLink::path)
                    .containsExactlyInAnyOrder("src/a.js", "src/c.js");
            assertThat(deadlock.message()).contains("Tester-Ada", "Tester-Bob", "lockAll");
        });
        bobs.close();
        adaThird.close();
        for (CompletableFuture<LockResult> each : List.of(circle, adaForPath)) {
            get(each).grant().ifPresent(LockGrant::release);
        }
        assertNothingLeft();
    }

    @Test
    void aCircleThatIsClosedByAgeingIsFound() throws Exception {
        Bumba bumba = direct();
        bumba.writeSettings(new WorkspaceSettings(false, 100, 30_000, 500L, Map.of()));
        FileLocks ada = agent(direct(), "Ada");
        FileLocks bob = agent(direct(), "Bob");
        FileLocks holder = agent(direct(), "Holder");
        FileLocks next = agent(direct(), "Next");
        LockGrant held = holder.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> inLine = next.acquireAsync(PATH, PATIENT.withPriority(Priority.CRITICAL));
        awaitWaiters(bumba, PATH, 1);
        // Ada, who came first but is patient, is passed by Bob; Bob waits for nobody that waits for him.
        LockGrant adas = ada.acquire(OTHER, PATIENT).orElseThrow();
        CompletableFuture<LockResult> low = ada.acquireAsync(PATH, PATIENT.withPriority(Priority.LOW));
        awaitWaiters(bumba, PATH, 2);
        CompletableFuture<LockResult> high = bob.acquireAsync(PATH, PATIENT.withPriority(Priority.HIGH));
        awaitWaiters(bumba, PATH, 3);
        CompletableFuture<LockResult> other = bob.acquireAsync(OTHER, PATIENT);
        // Now Bob waits for Ada's file, and Ada waits for her turn before him once both are CRITICAL: or behind him.
        Object first = get(CompletableFuture.anyOf(low, high, other));
        assertThat(first).isInstanceOf(LockResult.Deadlock.class);
        List.of(low, high, other).forEach(each -> each.cancel(false));
        inLine.cancel(false);
        adas.close();
        held.close();
        for (CompletableFuture<LockResult> each : List.of(low, high, other, inLine)) {
            if (!each.isCancelled()) {
                each.get().grant().ifPresent(LockGrant::release);
            }
        }
        assertNothingLeft();
    }

    @Test
    void aLockThatIsReleasedAndTakenAgainMeanwhileIsNoDeadlock() throws Exception {
        // Two agents that always have one file and wait for the other, but give up the first before they wait.
        FileLocks ada = agent(direct(), "Ada");
        FileLocks bob = agent(direct(), "Bob");
        for (int round = 0; round < 100; round++) {
            CompletableFuture<LockResult> adas = ada.acquireAsync(PATH, PATIENT);
            CompletableFuture<LockResult> bobs = bob.acquireAsync(OTHER, PATIENT);
            get(adas).orElseThrow().releaseAsync();
            get(bobs).orElseThrow().releaseAsync();
            CompletableFuture<LockResult> adasNext = ada.acquireAsync(OTHER, PATIENT);
            CompletableFuture<LockResult> bobsNext = bob.acquireAsync(PATH, PATIENT);
            get(adasNext).orElseThrow().close();
            get(bobsNext).orElseThrow().close();
        }
        assertNothingLeft();
    }

    @Test
    void anAgentThatEndsWhileItIsPartOfACircleFreesTheOthers() throws Exception {
        Bumba bumba = direct();
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        FileLocks bob = agent(direct(), "Bob");
        bumba.locks(ada).acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> waiting = bob.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        ada.close();
        get(waiting).orElseThrow().close();
        assertNothingLeft();
    }
}
