package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Jvm;
import io.bumba.testkit.ZkTree;
import io.bumba.zk.WorkspaceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Circles of real requests, through the public interface, end with one victim; the others go on. Fault 39. */
@Timeout(120)
class DeadlockTest extends LockFixture {
    /** Within this a circle is to end, here where others work beside. */
    private static final Duration PROMPT = Duration.ofSeconds(10);

    private static final Duration START = Duration.ofSeconds(60);
    private static final RepoPath X = RepoPath.of("src/x.js");
    private static final RepoPath Y = RepoPath.of("src/y.js");

    private record Member(String id, FileLocks locks) {}

    /** On a connection of its own. */
    private Member member(String name) {
        return member(direct(), name);
    }

    private static Member member(Bumba bumba, String name) {
        Agent agent = bumba.register(AgentSpec.of("Tester", name));
        return new Member(agent.id().value(), bumba.locks(agent));
    }

    private static RepoPath file(int ring, int number) {
        return RepoPath.of("ring" + ring + "/" + number % ring);
    }

    /** What each of the ring's agents waits for: the file of the next. */
    private static Set<DeadlockLink> links(List<String> agents) {
        Set<DeadlockLink> links = new HashSet<>();
        int size = agents.size();
        for (int i = 0; i < size; i++) {
            links.add(new DeadlockLink(agents.get(i), file(size, i + 1).value(), agents.get((i + 1) % size)));
        }
        return links;
    }

    private List<String> waits() {
        return ZkTree.ephemerals(server.client(), root).stream()
                .filter(node -> node.contains("/waits/"))
                .toList();
    }

    private void awaitWaits(int count) {
        await().atMost(START).until(() -> waits().size() == count);
    }

    private void assertNothingIsLeft() {
        await().atMost(SOON).untilAsserted(() -> assertThat(ZkTree.ephemerals(server.client(), root))
                .filteredOn(node -> node.contains("/workspaces/"))
                .as("waits, queues and lines")
                .isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10})
    void aCircleOfConnectionsInOneProcessEndsWithOneVictim(int size) throws Exception {
        List<Member> ring = new ArrayList<>();
        List<LockGrant> held = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ring.add(member("R" + i));
            held.add(ring.get(i)
                    .locks()
                    .acquire(file(size, i), LockOptions.tryNow())
                    .orElseThrow());
        }
        List<CompletableFuture<LockResult>> waiting = new ArrayList<>();
        long closed = 0;
        for (int i = 0; i < size; i++) {
            closed = System.nanoTime();
            waiting.add(ring.get(i).locks().acquireAsync(file(size, i + 1), PATIENT));
            if (i < size - 1) {
                awaitWaits(i + 1);
            }
        }
        LockResult end = waiting.get(size - 1).get(PROMPT.toSeconds(), TimeUnit.SECONDS);
        System.out.printf("a circle of %d connections ended after %d ms%n", size, millisSince(closed));
        assertThat(end).isInstanceOf(LockResult.Deadlock.class);
        assertThat(((LockResult.Deadlock) end).cycle())
                .hasSize(size)
                .hasSameElementsAs(links(ring.stream().map(Member::id).toList()));
        awaitWaits(size - 1);
        assertThat(waiting.subList(0, size - 1)).noneMatch(CompletableFuture::isDone);
        held.get(size - 1).close();
        for (int i = size - 2; i >= 0; i--) {
            waiting.get(i)
                    .get(PROMPT.toSeconds(), TimeUnit.SECONDS)
                    .orElseThrow()
                    .close();
            held.get(i).close();
        }
        assertNothingIsLeft();
    }

    @Test
    void aCircleOfProcessesEndsWithOneVictim() {
        List<Jvm> processes = new ArrayList<>();
        try {
            List<String> agents = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                processes.add(Jvm.start(DeadlockWorker.class, "obey", server.connectString(), root));
            }
            for (Jvm each : processes) {
                agents.add(
                        each.awaitLine(line -> line.startsWith("agent "), START).substring("agent ".length()));
            }
            for (int size : new int[] {2, 3, 10}) {
                breakCircle(processes.subList(0, size), agents.subList(0, size));
            }
        } finally {
            processes.forEach(Jvm::close);
        }
    }

    private void breakCircle(List<Jvm> ring, List<String> agents) {
        int size = ring.size();
        for (int i = 0; i < size; i++) {
            ring.get(i).send("hold " + file(size, i));
            ring.get(i).awaitLine("holds " + file(size, i), START);
        }
        long closed = 0;
        for (int i = 0; i < size; i++) {
            closed = System.nanoTime();
            ring.get(i).send("wait " + file(size, i + 1));
            if (i < size - 1) {
                awaitWaits(i + 1);
            }
        }
        Jvm victim = ring.get(size - 1);
        String start = "deadlock " + file(size, 0) + " ";
        String end = victim.awaitLine(line -> line.startsWith(start), PROMPT);
        System.out.printf("a circle of %d processes ended after %d ms%n", size, millisSince(closed));
        assertThat(end.substring(start.length()).split(" "))
                .containsExactlyInAnyOrderElementsOf(links(agents).stream()
                        .map(link -> link.agent() + ">" + link.path() + ">" + link.blocker())
                        .toList());
        awaitWaits(size - 1);
        victim.send("release " + size);
        victim.awaitLine("released " + size, START);
        for (int i = size - 2; i >= 0; i--) {
            ring.get(i).awaitLine("granted " + file(size, i + 1), PROMPT);
            ring.get(i).send("release " + size);
            ring.get(i).awaitLine("released " + size, START);
        }
        assertThat(ring.subList(0, size - 1))
                .flatExtracting(Jvm::lines)
                .filteredOn(line -> line.startsWith("deadlock ring" + size))
                .isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void ofTwoWaitersThatCloseACircleAtTheSameMomentOneGoesOn() throws Exception {
        Member one = member("One");
        Member two = member("Two");
        CyclicBarrier barrier = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        int firsts = 0;
        long slowest = 0;
        try {
            for (int round = 0; round < 50; round++) {
                LockGrant x = one.locks().acquire(X, PATIENT).orElseThrow();
                LockGrant y = two.locks().acquire(Y, PATIENT).orElseThrow();
                CompletableFuture<LockResult> a = CompletableFuture.supplyAsync(() -> ask(barrier, one, Y), threads);
                CompletableFuture<LockResult> b = CompletableFuture.supplyAsync(() -> ask(barrier, two, X), threads);
                long closed = System.nanoTime();
                Object end = CompletableFuture.anyOf(a, b).get(PROMPT.toSeconds(), TimeUnit.SECONDS);
                slowest = Math.max(slowest, millisSince(closed));
                assertThat(end).as("round %d", round).isInstanceOf(LockResult.Deadlock.class);
                boolean firstDied = a.isDone();
                firsts += firstDied ? 1 : 0;
                CompletableFuture<LockResult> survivor = firstDied ? b : a;
                // A second victim would have been marked by a walk before its wait is alone.
                awaitWaits(1);
                assertThat(survivor).as("round %d", round).isNotDone();
                (firstDied ? x : y).close();
                survivor.get(PROMPT.toSeconds(), TimeUnit.SECONDS).orElseThrow().close();
                (firstDied ? y : x).close();
            }
        } finally {
            threads.shutdown();
        }
        System.out.printf(
                "of 50 circles closed by two at once the first lost %d; the slowest ended after %d ms%n",
                firsts, slowest);
        assertNothingIsLeft();
    }

    private static LockResult ask(CyclicBarrier barrier, Member member, RepoPath path) {
        try {
            barrier.await();
            return member.locks().acquire(path, PATIENT);
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoIsGrantedSomethingWhileItWaitsElsewhereIsFoundToBlock() throws Exception {
        Member holder = member("Holder");
        Member one = member("One");
        Member two = member("Two");
        for (int round = 0; round < 20; round++) {
            LockGrant x = holder.locks().acquire(X, PATIENT).orElseThrow();
            LockGrant y = two.locks().acquire(Y, PATIENT).orElseThrow();
            CompletableFuture<LockResult> elsewhere = one.locks().acquireAsync(Y, PATIENT);
            CompletableFuture<LockResult> granted = one.locks().acquireAsync(X, PATIENT);
            awaitWaits(2);
            // Granted to the one in the moment in which the other asks for it.
            CompletableFuture<ReleaseResult> released = x.releaseAsync().toCompletableFuture();
            CompletableFuture<LockResult> closing = two.locks().acquireAsync(X, PATIENT);
            assertThat(released.get(10, TimeUnit.SECONDS)).isEqualTo(ReleaseResult.RELEASED);
            LockGrant got = granted.get(PROMPT.toSeconds(), TimeUnit.SECONDS).orElseThrow();
            LockResult end = closing.get(PROMPT.toSeconds(), TimeUnit.SECONDS);
            assertThat(end).isInstanceOf(LockResult.Deadlock.class);
            assertThat(((LockResult.Deadlock) end).cycle())
                    .containsExactly(
                            new DeadlockLink(two.id(), X.value(), one.id()),
                            new DeadlockLink(one.id(), Y.value(), two.id()));
            assertThat(elsewhere).isNotDone();
            y.close();
            elsewhere.get(PROMPT.toSeconds(), TimeUnit.SECONDS).orElseThrow().close();
            got.close();
        }
        assertNothingIsLeft();
    }

    @Test
    void aCircleThatIsClosedByAgeingEnds() throws Exception {
        Bumba first = direct();
        first.writeSettings(new WorkspaceSettings(false, 100, 30_000, 300L, 0L, Map.of()));
        Member holder = member("Holder");
        Member inLine = member("InLine");
        Member low = member("Low");
        Member critical = member("Critical");
        LockGrant x = holder.locks().acquire(X, PATIENT).orElseThrow();
        LockGrant y = critical.locks().acquire(Y, PATIENT).orElseThrow();
        CompletableFuture<LockResult> next = inLine.locks().acquireAsync(X, PATIENT);
        CompletableFuture<LockResult> elsewhere = low.locks().acquireAsync(Y, PATIENT);
        awaitWaits(2);
        long began = System.nanoTime();
        // The critical one stands before the low one until that has waited three times the ageing.
        CompletableFuture<LockResult> aged = low.locks().acquireAsync(X, PATIENT.withPriority(Priority.LOW));
        awaitWaits(3);
        CompletableFuture<LockResult> passed =
                critical.locks().acquireAsync(X, PATIENT.withPriority(Priority.CRITICAL));
        LockResult end = passed.get(PROMPT.toSeconds(), TimeUnit.SECONDS);
        System.out.printf("closed by ageing and ended %d ms after the low one came%n", millisSince(began));
        assertThat(end).isInstanceOf(LockResult.Deadlock.class);
        assertThat(((LockResult.Deadlock) end).cycle())
                .containsExactly(
                        new DeadlockLink(critical.id(), X.value(), low.id()),
                        new DeadlockLink(low.id(), Y.value(), critical.id()));
        assertThat(millisSince(began)).as("no circle before").isGreaterThanOrEqualTo(800);
        assertThat(List.of(next, elsewhere, aged)).noneMatch(CompletableFuture::isDone);
        y.close();
        LockGrant gotY = elsewhere.get(PROMPT.toSeconds(), TimeUnit.SECONDS).orElseThrow();
        x.close();
        next.get(PROMPT.toSeconds(), TimeUnit.SECONDS).orElseThrow().close();
        aged.get(PROMPT.toSeconds(), TimeUnit.SECONDS).orElseThrow().close();
        gotY.close();
        assertNothingIsLeft();
    }

    @Test
    void aLockThatIsReleasedAndTakenAgainMeanwhileIsNoDeadlock() throws Exception {
        // Two agents that always have one file and wait for the other, but give up the first before they wait.
        FileLocks ada = member("Ada").locks();
        FileLocks bob = member("Bob").locks();
        for (int round = 0; round < 100; round++) {
            CompletableFuture<LockResult> adas = ada.acquireAsync(X, LockOptions.waitUpTo(START));
            CompletableFuture<LockResult> bobs = bob.acquireAsync(Y, LockOptions.waitUpTo(START));
            adas.get(20, TimeUnit.SECONDS).orElseThrow().releaseAsync();
            bobs.get(20, TimeUnit.SECONDS).orElseThrow().releaseAsync();
            CompletableFuture<LockResult> adasNext = ada.acquireAsync(Y, LockOptions.waitUpTo(START));
            CompletableFuture<LockResult> bobsNext = bob.acquireAsync(X, LockOptions.waitUpTo(START));
            adasNext.get(20, TimeUnit.SECONDS).orElseThrow().close();
            bobsNext.get(20, TimeUnit.SECONDS).orElseThrow().close();
        }
        assertNothingIsLeft();
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
