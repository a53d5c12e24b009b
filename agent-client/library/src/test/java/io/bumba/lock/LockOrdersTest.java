package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.testkit.Jvm;
import io.bumba.testkit.LockChecker;
import io.bumba.testkit.LockHistory;
import io.bumba.testkit.ZkServer;
import io.bumba.testkit.ZkTree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that take their files in any order, and give all of them back when a circle is broken, never hang. */
@Timeout(180)
class LockOrdersTest {
    private static final int PROCESSES = 2;
    private static final int AGENTS = 4;
    private static final int ROUNDS = 10_000;

    /** Generous: this machine is shared. A request's patience is less, so that one that hangs fails by name. */
    private static final Duration LIMIT = Duration.ofSeconds(150);

    @TempDir
    Path directory;

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();

    @Test
    void tenThousandRandomOrdersComeToAnEnd() {
        List<Path> histories = new ArrayList<>();
        List<Jvm> workers = new ArrayList<>();
        long seed = System.nanoTime() % 1_000_000;
        int done = 0;
        int broken = 0;
        long began = System.nanoTime();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                histories.add(directory.resolve("history-" + i));
                workers.add(Jvm.start(
                        DeadlockWorker.class,
                        "mix",
                        server.connectString(),
                        root,
                        histories.get(i).toString(),
                        Integer.toString(AGENTS),
                        Integer.toString(ROUNDS / PROCESSES / AGENTS),
                        Long.toString(seed + i)));
            }
            for (Jvm each : workers) {
                assertThat(each.waitFor(LIMIT))
                        .as("exit code, seed %d, %s", seed, each.lines())
                        .isZero();
                String[] said =
                        each.awaitLine(line -> line.startsWith("done "), LIMIT).split(" ", -1);
                done += Integer.parseInt(said[1]);
                broken += Integer.parseInt(said[3]);
            }
        } finally {
            workers.forEach(Jvm::close);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.printf("%d random orders took %d ms, %d deadlocks broken%n", done, took.toMillis(), broken);
        assertThat(done).isEqualTo(ROUNDS);
        assertThat(broken).as("deadlocks").isPositive();
        assertThat(took).isLessThan(LIMIT);
        LockHistory history = LockHistory.read(histories);
        assertThat(history.ops()).as("grants").hasSizeGreaterThanOrEqualTo(2 * ROUNDS);
        LockChecker.assertNoViolation(history);
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(ZkTree.ephemerals(server.client(), root))
                .as("what is left over")
                .isEmpty());
    }
}
