package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Jvm;
import io.bumba.testkit.LockChecker;
import io.bumba.testkit.LockHistory;
import io.bumba.testkit.ZkServer;
import io.bumba.testkit.ZkTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents in JVMs of their own, killed and paused by signals. */
@Timeout(180)
class LockProcessesTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final RepoPath PATH = RepoPath.of("src/auth/login.js");
    /** The test server's. */
    private static final Duration TICK = Duration.ofMillis(500);

    @TempDir
    Path directory;

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();

    private Jvm worker(String what, Duration sessionTimeout, String... more) {
        List<String> args =
                new ArrayList<>(List.of(what, server.connectString(), root, Long.toString(sessionTimeout.toMillis())));
        args.addAll(List.of(more));
        return Jvm.start(Worker.class, args.toArray(String[]::new));
    }

    @Test
    void eightJvmsRaiseANonAtomicCounterExactly() throws Exception {
        Path counter = Files.writeString(directory.resolve("counter"), "0");
        List<Jvm> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                workers.add(worker("count", Duration.ofSeconds(20), counter.toString(), "25"));
            }
            for (Jvm each : workers) {
                assertThat(each.waitFor(LONG)).as("exit code, %s", each.lines()).isZero();
            }
        } finally {
            workers.forEach(Jvm::close);
        }
        assertThat(Files.readString(counter)).isEqualTo("200");
    }

    @Test
    void inTwoThousandAttemptsOnAHundredFilesNoConflictingGrantsOverlap() {
        List<Path> histories = new ArrayList<>();
        List<Jvm> workers = new ArrayList<>();
        long seed = System.nanoTime() % 1_000_000;
        try {
            for (int i = 0; i < 4; i++) {
                histories.add(directory.resolve("history-" + i));
                workers.add(worker(
                        "roam", Duration.ofSeconds(20), histories.get(i).toString(), "500", Long.toString(seed + i)));
            }
            for (Jvm each : workers) {
                assertThat(each.waitFor(LONG))
                        .as("exit code, seed %d, %s", seed, each.lines())
                        .isZero();
            }
        } finally {
            workers.forEach(Jvm::close);
        }
        LockHistory history = LockHistory.read(histories);
        assertThat(history.ops()).as("grants").hasSizeGreaterThan(500);
        LockChecker.assertNoViolation(history);
        assertThat(ZkTree.ephemerals(server.client(), root))
                .as("what is left over")
                .isEmpty();
    }

    @Test
    void theCheckerFindsAViolationSeededIntoARealHistory() throws Exception {
        Path file = directory.resolve("history");
        try (Jvm one = worker("roam", Duration.ofSeconds(20), file.toString(), "100", "7")) {
            assertThat(one.waitFor(LONG)).as("%s", one.lines()).isZero();
        }
        List<LockHistory.Op> ops =
                new ArrayList<>(LockHistory.read(List.of(file)).ops());
        LockHistory.Op real = ops.stream()
                .filter(op -> op.mode() == LockMode.EXCLUSIVE)
                .findFirst()
                .orElseThrow();
        assertThat(LockChecker.check(ops)).isEmpty();
        ops.add(new LockHistory.Op(
                "Intruder", real.path(), LockMode.SHARED, real.token() + 1, real.grantedAt() + 1, real.endedAt() + 1));
        assertThat(LockChecker.check(ops))
                .extracting(LockChecker.Violation::rule)
                .contains(LockChecker.Rule.OVERLAP);
    }

    @Test
    void theLockOfAKilledJvmIsFreedWithinItsSessionTimeoutAndTwoTicks() throws Exception {
        Duration sessionTimeout = Duration.ofSeconds(3);
        try (Bumba bumba = Bumba.connect(
                        BumbaConfig.builder(server.connectString()).root(root).build());
                Jvm holder = worker("hold", sessionTimeout, PATH.value())) {
            long token = Long.parseLong(holder.awaitLine(line -> line.startsWith("holding"), Duration.ofSeconds(30))
                    .substring("holding ".length()));
            FileLocks locks = bumba.locks(bumba.register(AgentSpec.of("Tester", "Heir")));
            CompletableFuture<LockResult> waiting =
                    locks.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofSeconds(60)));
            long killed = holder.kill9();
            LockGrant grant = waiting.get(60, TimeUnit.SECONDS).orElseThrow();
            Duration after = Duration.ofNanos(System.nanoTime() - killed);
            Duration promised = sessionTimeout.plus(TICK.multipliedBy(2));
            System.out.println(
                    "freed " + after.toMillis() + " ms after kill -9; promised within " + promised.toMillis());
            // Generous: this machine is shared.
            assertThat(after).isLessThan(promised.plusSeconds(5));
            assertThat(grant.token().zxid()).isGreaterThan(token);
            grant.close();
        }
    }

    @Test
    void aJvmStoppedPastItsSessionKnowsBeforeAnythingElseThatItsGrantIsInvalid() throws Exception {
        // faults 3, 42: it goes on in the middle of what it did, with no time for its threads to notice
        try (Bumba bumba = Bumba.connect(
                        BumbaConfig.builder(server.connectString()).root(root).build());
                Jvm holder = worker("hold", Duration.ofSeconds(2), PATH.value())) {
            holder.awaitLine(line -> line.startsWith("holding"), Duration.ofSeconds(30));
            holder.send("valid?");
            assertThat(holder.awaitLine(line -> line.startsWith("valid"), Duration.ofSeconds(10)))
                    .isEqualTo("valid true");
            holder.pause();
            FileLocks locks = bumba.locks(bumba.register(AgentSpec.of("Tester", "Heir")));
            LockGrant grant = locks.acquire(PATH, LockOptions.waitUpTo(Duration.ofSeconds(30)))
                    .orElseThrow();
            // The question is there already when it wakes.
            holder.send("valid?");
            holder.resume();
            assertThat(holder.awaitLine(line -> line.startsWith("valid"), Duration.ofSeconds(10)))
                    .isEqualTo("valid false");
            holder.awaitLine("told of the loss", Duration.ofSeconds(20));
            assertThat(grant.isValid()).isTrue();
            grant.close();
        }
    }
}
