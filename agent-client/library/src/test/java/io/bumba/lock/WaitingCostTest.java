package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentSpec;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkProcess;
import io.bumba.zk.WorkspaceSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What waiting and holding cost: no thread, no herd, little memory. The server is a process of its own. Fault 44. */
@Timeout(240)
class WaitingCostTest {
    private static final int WAITERS = 5_000;
    private static final int FILES = 50;
    private static final int CONNECTIONS = 4;
    private static final LockOptions VERY_PATIENT = LockOptions.waitUpTo(Duration.ofMinutes(10));

    @TempDir
    static Path directory;

    private static ZkProcess server;

    @BeforeAll
    static void startServer() {
        server = ZkProcess.start(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static Bumba connect(String servers) {
        return Bumba.connect(BumbaConfig.builder(servers)
                .root("/cost")
                .sessionTimeout(Duration.ofSeconds(20))
                .maxEphemeralBytes(900_000)
                .build());
    }

    private static FileLocks agent(Bumba bumba, String name) {
        return bumba.locks(bumba.register(AgentSpec.of("Tester", name)));
    }

    private static PathSet files(String directory, int count) {
        return PathSet.of(IntStream.range(0, count)
                .mapToObj(i -> RepoPath.of(directory + "/" + i))
                .toList());
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @Test
    void fiveThousandWaitersCostNoThreadsAndLittleMemory() throws Exception {
        List<Bumba> connections = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(connect(server.connectString()));
                // Room for them, and no ageing meanwhile; those that connect later follow it.
                connections.get(0).writeSettings(new WorkspaceSettings(false, 10_000, 30_000, 600_000L, 0L, Map.of()));
            }
            Bumba first = connections.get(0);
            GrantSet held = agent(first, "Holder")
                    .lockAll(files("many", FILES), VERY_PATIENT)
                    .orElseThrow();
            // The pools have the threads that they will have.
            warmUp(connections);
            int threadsBefore = threads();
            long heapBefore = heap();
            AtomicInteger served = new AtomicInteger();
            List<CompletableFuture<LockResult>> waiting = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                CompletableFuture<LockResult> asked = agent(connections.get(i % CONNECTIONS), "W" + i)
                        .acquireAsync(RepoPath.of("many/" + i % FILES), VERY_PATIENT);
                waiting.add(asked);
                CompletableFuture<Void> unused =
                        asked.thenAccept(result -> result.grant().ifPresent(grant -> grant.releaseAsync()
                                .whenComplete((how, failure) -> served.incrementAndGet())));
            }
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> waiters(first) == WAITERS);
            int more = threads() - threadsBefore;
            long perWaiter = (heap() - heapBefore) / WAITERS;
            System.out.printf(
                    "%d waiters, each an agent: %d bytes of heap each, %d threads more%n", WAITERS, perWaiter, more);
            assertThat(more).as("threads more for all of them").isLessThan(20);
            assertThat(perWaiter).as("bytes of heap for each").isLessThan(10_000);

            // Those of one file are served, each after its predecessor; the others give up, and leave nothing.
            held.grants().get(0).close();
            await().atMost(Duration.ofMinutes(1)).until(() -> served.get() == WAITERS / FILES);
            waiting.forEach(asked -> asked.cancel(false));
            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> waiters(first) == 0);
            assertThat(held.grants().subList(1, FILES)).allMatch(LockGrant::isValid);
        } finally {
            connections.forEach(Bumba::close);
        }
    }

    private static void warmUp(List<Bumba> connections) throws Exception {
        for (int i = 0; i < connections.size(); i++) {
            agent(connections.get(i), "Warm")
                    .acquireAsync(RepoPath.of("warm"), VERY_PATIENT)
                    .get(30, TimeUnit.SECONDS)
                    .orElseThrow()
                    .close();
        }
    }

    private static int waiters(Bumba bumba) {
        return bumba.lockTable().read().locks().stream()
                .mapToInt(entry -> entry.waiters().size())
                .sum();
    }

    @Test
    void aThousandHeldLocksTakeLessThanAMegabyte() throws Exception {
        try (Bumba bumba = connect(server.connectString())) {
            FileLocks ada = agent(bumba, "Ada");
            // The client remembers which containers exist, whether or not their files are locked.
            ada.lockAll(files("held", 1_000), VERY_PATIENT).orElseThrow().close();
            PathSet files = files("held", 1_000);
            long before = heap();
            GrantSet held = ada.lockAll(files, VERY_PATIENT).orElseThrow();
            long used = heap() - before;
            System.out.printf("1,000 held locks: %d bytes of heap%n", used);
            assertThat(used).isLessThan(1024 * 1024);
            assertThat(held.isValid()).isTrue();
            held.close();
        }
    }

    @Test
    void aReleaseWakesOneWaiterAndOneReleaseOfAWriterOneGroupOfReaders() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(server);
                Bumba near = connect(server.connectString());
                Bumba far = connect(proxy.connectString())) {
            RepoPath file = RepoPath.of("herd");
            LockGrant held = agent(near, "Holder").acquire(file, VERY_PATIENT).orElseThrow();
            List<CompletableFuture<LockResult>> writers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                writers.add(agent(far, "W" + i).acquireAsync(file, VERY_PATIENT));
                awaitWaiters(near, file, i + 1);
            }
            AtomicInteger looks = new AtomicInteger();
            proxy.beforeRequest(
                    request -> {
                        if (request.opCode() == OpCode.getChildren2 || request.opCode() == OpCode.getChildren) {
                            looks.incrementAndGet();
                        }
                        return false;
                    },
                    () -> {});
            held.close();
            LockGrant next = writers.get(0).get(30, TimeUnit.SECONDS).orElseThrow();
            awaitWaiters(near, file, 39);
            await().during(Duration.ofMillis(500)).until(() -> true);
            // The next one looks at both listings and asks the recipe; the first of the queue steps into the line, and
            // the
            // one behind it looks once: whether forty wait or four.
            System.out.printf("a release before 40 writers: %d listings%n", looks.get());
            assertThat(looks).hasValueBetween(3, 14);
            for (CompletableFuture<LockResult> writer : writers.subList(1, writers.size())) {
                writer.cancel(false);
            }
            awaitWaiters(near, file, 0);
            List<CompletableFuture<LockResult>> readers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                readers.add(agent(far, "R" + i).acquireAsync(file, VERY_PATIENT.shared()));
            }
            awaitWaiters(near, file, 10);
            CompletableFuture<LockResult> writer = agent(far, "Last").acquireAsync(file, VERY_PATIENT);
            awaitWaiters(near, file, 11);
            next.close();
            for (CompletableFuture<LockResult> reader : readers) {
                assertThat(reader.get(30, TimeUnit.SECONDS).grant())
                        .as("all together")
                        .isPresent();
            }
            assertThat(writer).isNotDone();
            for (CompletableFuture<LockResult> reader : readers) {
                reader.get().orElseThrow().close();
            }
            writer.get(30, TimeUnit.SECONDS).orElseThrow().close();
        }
    }

    private static void awaitWaiters(Bumba bumba, RepoPath path, int count) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> bumba.lockTable().read().locks().stream()
                                .filter(entry -> entry.path().equals(path))
                                .mapToInt(entry -> entry.waiters().size())
                                .sum()
                        == count);
    }
}
