package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DeadlocksTest extends LockFixture {
    private static final RepoPath X = RepoPath.of("src/x.js");
    private static final RepoPath Y = RepoPath.of("src/y.js");
    private static final RepoPath Z = RepoPath.of("docs/z & ä@.md");
    private static final LockMode SHARED = LockMode.SHARED;
    private static final LockMode EXCLUSIVE = LockMode.EXCLUSIVE;

    private final TcpProxy proxy = keep(TcpProxy.to(server));
    private final Bumba through = through(proxy, Duration.ofSeconds(10));
    private final Session session = session(through);
    private final Session direct = session(direct());
    private final Layout layout = new Layout(root, "default");
    private final Borders borders = new WrittenBorders(layout.territories());
    private final WaitScene scene = new WaitScene(server.client(), layout);

    private static Session session(Bumba bumba) {
        return bumba.register(AgentSpec.of("Tester", "Finder")).session();
    }

    private static <T> T get(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(20, TimeUnit.SECONDS);
    }

    private List<List<DeadlockLink>> walk(Session by, String name) throws Exception {
        return get(new Deadlocks(by, layout, borders, WaitScene.agent(name)).walk());
    }

    private List<List<DeadlockLink>> walk(String name) throws Exception {
        return walk(session, name);
    }

    private static DeadlockLink link(String agent, RepoPath path, String blocker) {
        return new DeadlockLink(WaitScene.agent(agent), path.value(), WaitScene.agent(blocker));
    }

    /** Agents 0 to n - 1 hold a file each and wait for that of the next; the last one's wait is the youngest. */
    private List<WaitScene.Request> ring(int agents) {
        for (int i = 0; i < agents; i++) {
            scene.holds("R" + i, RepoPath.of("ring/" + i));
        }
        List<WaitScene.Request> requests = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            requests.add(scene.waitsInLine("R" + i, RepoPath.of("ring/" + (i + 1) % agents), EXCLUSIVE));
        }
        return requests;
    }

    // ---- what is a circle
    // ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10})
    void theYoungestWaitOfACircleIsMarkedWhoeverFindsIt(int agents) throws Exception {
        List<WaitScene.Request> requests = ring(agents);
        List<DeadlockLink> circle = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            int from = (agents - 1 + i) % agents;
            circle.add(link("R" + from, RepoPath.of("ring/" + (from + 1) % agents), "R" + (from + 1) % agents));
        }
        for (int finder = 0; finder < agents; finder++) {
            WaitScene.Request victim = requests.get(agents - 1);
            assertThat(walk("R" + finder)).containsExactly(circle);
            assertThat(scene.mark(victim.pending())).contains(circle);
            assertThat(requests.stream().filter(scene::isMarked)).containsExactly(victim);
            assertThat(walk("R" + finder)).as("broken once, not again").isEmpty();
            // The victim gives up and asks again.
            scene.delete(victim.pending());
            scene.delete(victim.node());
            requests.set(agents - 1, scene.waitsInLine("R" + (agents - 1), victim.path(), EXCLUSIVE));
        }
    }

    @Test
    void withoutACircleNothingIsFoundAndNothingMarked() throws Exception {
        scene.holds("A", X);
        scene.holds("B", Y);
        WaitScene.Request b = scene.waitsInLine("B", X, EXCLUSIVE);
        WaitScene.Request c = scene.waitsInLine("C", Y, EXCLUSIVE);
        WaitScene.Request d = scene.queues("D", Y, SHARED, Priority.NORMAL);
        for (String agent : List.of("A", "B", "C", "D", "Nobody")) {
            assertThat(walk(agent)).isEmpty();
        }
        assertThat(List.of(b, c, d)).noneMatch(scene::isMarked);
    }

    @Test
    void aCircleThatTheAgentIsNotInIsOthersToFind() throws Exception {
        List<WaitScene.Request> ring = ring(3);
        scene.waitsInLine("Outside", RepoPath.of("ring/0"), EXCLUSIVE);
        assertThat(walk("Outside")).isEmpty();
        assertThat(ring).noneMatch(scene::isMarked);
    }

    @Test
    void everyReaderThatHoldsIsABlocker() throws Exception {
        scene.contends("A", X, SHARED);
        scene.contends("B", X, SHARED);
        scene.holds("C", Y);
        scene.waitsInLine("C", X, EXCLUSIVE);
        WaitScene.Request a = scene.waitsInLine("A", Y, EXCLUSIVE);
        assertThat(walk("A")).containsExactly(List.of(link("A", Y, "C"), link("C", X, "A")));
        assertThat(scene.isMarked(a)).isTrue();
    }

    @Test
    void aReaderWaitsForTheWriterBeforeItNotForTheReadersThatHold() throws Exception {
        scene.contends("A", X, SHARED);
        scene.holds("R", Y);
        scene.waitsInLine("A", Y, EXCLUSIVE);
        scene.queues("R", X, SHARED, Priority.NORMAL);
        assertThat(walk("R")).as("readers do not wait for each other").isEmpty();
        // A writer of higher priority comes between: R waits for W, W for A, A for R.
        WaitScene.Request writer = scene.pending(
                scene.contends("W", X, EXCLUSIVE, UUID.randomUUID().toString(), Priority.HIGH));
        assertThat(walk("W")).containsExactly(List.of(link("W", X, "A"), link("A", Y, "R"), link("R", X, "W")));
        assertThat(scene.isMarked(writer)).isTrue();
    }

    @Test
    void whoQueuesEarlierIsABlocker() throws Exception {
        scene.holds("H", X);
        scene.holds("B", Y);
        scene.queues("A", X, EXCLUSIVE, Priority.HIGH);
        scene.queues("B", X, SHARED, Priority.NORMAL);
        WaitScene.Request a = scene.waitsInLine("A", Y, SHARED);
        assertThat(walk("A")).containsExactly(List.of(link("A", Y, "B"), link("B", X, "A")));
        assertThat(scene.isMarked(a)).isTrue();
    }

    @Test
    void anOwnNodeIsNoBlockerAndHidesNone() throws Exception {
        scene.contends("A", X, SHARED);
        scene.contends("B", X, SHARED);
        WaitScene.Request upgrade = scene.waitsInLine("A", X, EXCLUSIVE);
        assertThat(walk("A")).isEmpty();
        scene.holds("A", Y);
        WaitScene.Request b = scene.waitsInLine("B", Y, EXCLUSIVE);
        assertThat(walk("A")).containsExactly(List.of(link("B", Y, "A"), link("A", X, "B")));
        assertThat(scene.isMarked(b)).isTrue();
        assertThat(scene.isMarked(upgrade)).isFalse();
    }

    @Test
    void aWaitThatOutlivedItsRequestMeansNothing() throws Exception {
        scene.holds("A", X);
        scene.holds("B", Y);
        WaitScene.Request gone = scene.waitsInLine("A", Y, EXCLUSIVE);
        scene.waitsInLine("B", X, EXCLUSIVE);
        scene.delete(gone.node());
        assertThat(walk("A")).isEmpty();
        // Nor does that of one that holds by now.
        WaitScene.Request holder = scene.pending(scene.holds("C", Z));
        assertThat(walk("C")).isEmpty();
        assertThat(scene.isMarked(holder)).isFalse();
    }

    @Test
    void whatOthersPutThereIsNoAgentAndStopsNothing() throws Exception {
        String curator = layout.lock(X);
        scene.create(
                curator,
                Contender.prefix(UUID.randomUUID().toString(), SHARED) + "0000000000",
                "127.0.0.1".getBytes(StandardCharsets.UTF_8));
        scene.create(curator, "__READ__0000000000", new byte[0]);
        scene.create(
                curator,
                Contender.prefix(UUID.randomUUID().toString(), SHARED) + "0000000000",
                "{\"v\":1,\"agent\":\"../../..\",\"priority\":\"LOW\"}".getBytes(StandardCharsets.UTF_8));
        scene.create(layout.waits(WaitScene.agent("A")), "note", new byte[0]);
        scene.create(
                layout.waits(WaitScene.agent("A")),
                UUID.randomUUID().toString(),
                "{\"v\":1}".getBytes(StandardCharsets.UTF_8));
        scene.create(
                layout.waits(WaitScene.agent("A")),
                UUID.randomUUID().toString(),
                "{\"v\":1,\"path\":\"/etc/passwd\"}".getBytes(StandardCharsets.UTF_8));
        scene.contends("B", X, SHARED);
        scene.holds("A", Z);
        scene.waitsInLine("A", X, EXCLUSIVE);
        scene.waitsInLine("B", Z, EXCLUSIVE);
        assertThat(walk("A")).containsExactly(List.of(link("B", Z, "A"), link("A", X, "B")));
    }

    @Test
    void aWaitInAnothersNameIsNotBelieved() throws Exception {
        scene.holds("A", X);
        scene.holds("B", Y);
        scene.waitsInLine("B", X, EXCLUSIVE);
        WaitScene.Request others = scene.contends("C", Y, EXCLUSIVE);
        scene.pending(new WaitScene.Request(WaitScene.agent("A"), Y, others.uuid(), others.node(), ""));
        assertThat(walk("A")).isEmpty();
    }

    // ---- what is only passing by
    // ---------------------------------------------------------------------------------

    @Test
    void aNewcomerInLineBlocksNobodyBeforeItSaysThatItWaits() throws Exception {
        scene.holds("H", X);
        scene.holds("B", Y);
        scene.waitsInLine("A", Y, EXCLUSIVE);
        WaitScene.Request newcomer = scene.contends("A", X, EXCLUSIVE);
        scene.queues("B", X, EXCLUSIVE, Priority.NORMAL);
        assertThat(walk("B")).isEmpty();
        scene.pending(newcomer);
        assertThat(walk("A")).hasSize(1);
    }

    @Test
    void aReaderThatWillGiveWayIsNotTakenForAHolder() throws Exception {
        scene.holds("B", Y);
        scene.waitsInLine("A", Y, EXCLUSIVE);
        WaitScene.Request b = scene.queues("B", X, EXCLUSIVE, Priority.NORMAL);
        WaitScene.Request newcomer = scene.contends("A", X, SHARED);
        assertThat(walk("B")).isEmpty();
        scene.delete(newcomer.node());
        scene.contends("A", X, SHARED, UUID.randomUUID().toString(), Priority.HIGH);
        assertThat(walk("B")).as("a higher priority may pass").hasSize(1);
        assertThat(scene.isMarked(b)).isTrue();
    }

    @Test
    void aHolderThatDowngradedOrUpgradedIsNotTakenForANewcomer() throws Exception {
        scene.holds("B", Y);
        scene.waitsInLine("A", Y, EXCLUSIVE);
        WaitScene.Request b = scene.queues("B", X, EXCLUSIVE, Priority.NORMAL);
        WaitScene.Request reader = scene.contends("A", X, SHARED);
        scene.set(
                reader.node(),
                Codec.encode(WaitScene.data(reader.agent(), Priority.NORMAL).withToken(Optional.of(1L))));
        assertThat(walk("B")).hasSize(1);
        assertThat(scene.isMarked(b)).isTrue();
        scene.delete(reader.node());
        WaitScene.Request again = scene.queues("B", X, EXCLUSIVE, Priority.NORMAL);
        scene.contends("A", X, EXCLUSIVE);
        assertThat(walk("B")).hasSize(1);
        assertThat(scene.isMarked(again)).isTrue();
    }

    @Test
    void aMarkedWaiterBlocksNobody() throws Exception {
        scene.holds("H", X);
        scene.holds("B", Y);
        WaitScene.Request leaving = scene.queues("A", X, EXCLUSIVE, Priority.NORMAL);
        scene.queues("B", X, EXCLUSIVE, Priority.NORMAL);
        scene.waitsInLine("A", Y, EXCLUSIVE);
        scene.mark(leaving);
        assertThat(walk("B")).isEmpty();
    }

    @Test
    void aMarkedWaitIsGoneAndHidesNoOtherCircle() throws Exception {
        scene.holds("A", X);
        scene.holds("B", Y);
        scene.holds("D", Z);
        scene.holds("A", OTHER);
        WaitScene.Request marked = scene.waitsInLine("B", X, EXCLUSIVE);
        scene.waitsInLine("A", Y, EXCLUSIVE);
        scene.mark(marked);
        assertThat(walk("A")).isEmpty();
        scene.waitsInLine("B", Z, EXCLUSIVE);
        WaitScene.Request youngest = scene.waitsInLine("D", OTHER, EXCLUSIVE);
        assertThat(walk("A")).containsExactly(List.of(link("D", OTHER, "A"), link("A", Y, "B"), link("B", Z, "D")));
        assertThat(scene.isMarked(youngest)).isTrue();
    }

    // ---- what moves between the reading and the mark
    // ---------------------------------------------------------------

    /** The transaction that breaks a circle is the only one of this session that begins with a check of a lock's node. */
    private Fault beforeTheMark(Runnable hook) {
        return proxy.beforeRequest(r -> marks(r), hook);
    }

    private static boolean marks(TcpProxy.Request request) {
        return firstOp(request) == OpCode.check && mentions(request, "/waits/");
    }

    private enum Moved {
        A_HOLDER_LEFT_AND_QUEUED_AGAIN,
        A_WAITER_LEFT_AND_QUEUED_AGAIN,
        A_WAIT_ENDED
    }

    @ParameterizedTest
    @EnumSource(Moved.class)
    void aPhantomIsNotReported(Moved what) throws Exception {
        scene.holds("A", X);
        WaitScene.Request holder = scene.holds("B", Y);
        WaitScene.Request a = scene.waitsInLine("A", Y, EXCLUSIVE);
        WaitScene.Request b = scene.waitsInLine("B", X, EXCLUSIVE);
        Fault fault = beforeTheMark(() -> {
            switch (what) {
                case A_HOLDER_LEFT_AND_QUEUED_AGAIN -> {
                    scene.delete(holder.node());
                    scene.waitsInLine("B", Y, EXCLUSIVE);
                }
                case A_WAITER_LEFT_AND_QUEUED_AGAIN -> {
                    scene.delete(a.node());
                    scene.contends("A", Y, EXCLUSIVE);
                }
                case A_WAIT_ENDED -> scene.delete(a.pending());
            }
        });
        assertThat(walk("B")).isEmpty();
        fault.await(SOON);
        assertThat(scene.isMarked(b)).isFalse();
    }

    @Test
    void ofTwoFindersAtOnceOneMarks() throws Exception {
        scene.holds("A", X);
        scene.holds("B", Y);
        WaitScene.Request a = scene.waitsInLine("A", Y, EXCLUSIVE);
        WaitScene.Request b = scene.waitsInLine("B", X, EXCLUSIVE);
        List<List<DeadlockLink>> other = new ArrayList<>();
        Fault fault = beforeTheMark(() -> other.addAll(unchecked(() -> walk(direct, "A"))));
        assertThat(walk("B")).isEmpty();
        fault.await(SOON);
        assertThat(other).containsExactly(List.of(link("B", X, "A"), link("A", Y, "B")));
        assertThat(scene.version(b)).isEqualTo(1);
        assertThat(scene.isMarked(a)).isFalse();
    }

    @Test
    void aCircleInWhichAnotherWaitWasMarkedMeanwhileIsNotBrokenAgain() throws Exception {
        scene.holds("A", X);
        scene.holds("B", Y);
        WaitScene.Request a = scene.waitsInLine("A", Y, EXCLUSIVE);
        WaitScene.Request b = scene.waitsInLine("B", X, EXCLUSIVE);
        Fault fault = beforeTheMark(() -> scene.mark(a));
        assertThat(walk("B")).isEmpty();
        fault.await(SOON);
        assertThat(scene.isMarked(b)).isFalse();
    }

    @Test
    void aBlockerThatIsAskedToLeaveMeanwhileNoLongerBlocks() throws Exception {
        scene.holds("H", X);
        scene.holds("B", Y);
        WaitScene.Request leaving = scene.queues("A", X, EXCLUSIVE, Priority.NORMAL);
        WaitScene.Request b = scene.queues("B", X, EXCLUSIVE, Priority.NORMAL);
        WaitScene.Request a = scene.waitsInLine("A", Y, EXCLUSIVE);
        Fault fault = beforeTheMark(() -> scene.mark(leaving));
        assertThat(walk("B")).isEmpty();
        fault.await(SOON);
        assertThat(List.of(a, b)).noneMatch(scene::isMarked);
    }

    @Test
    void whoStepsIntoTheLineBetweenTwoListingsIsNotOverlooked() throws Exception {
        scene.holds("A", X);
        scene.holds("B", Y);
        WaitScene.Request b = scene.queues("B", X, EXCLUSIVE, Priority.NORMAL);
        scene.waitsInLine("A", Y, EXCLUSIVE);
        AtomicInteger listings = new AtomicInteger();
        Fault fault = proxy.beforeRequest(
                r -> r.opCode() == OpCode.getChildren2
                        && mentions(r, X.name() + "@")
                        && listings.incrementAndGet() == 2,
                () -> scene.promote(b));
        assertThat(walk("B")).hasSize(1);
        assertThat(fault.hasStruck()).isTrue();
    }

    @Test
    void aBlockerThatStepsIntoTheLineBeforeItIsReadIsNotOverlooked() throws Exception {
        scene.holds("H", X);
        WaitScene.Request a = scene.queues("A", X, EXCLUSIVE, Priority.NORMAL);
        scene.queues("B", X, EXCLUSIVE, Priority.NORMAL);
        scene.holds("B", Y);
        scene.waitsInLine("A", Y, EXCLUSIVE);
        Fault fault =
                proxy.beforeRequest(r -> r.opCode() == OpCode.getData && mentions(r, a.node()), () -> scene.promote(a));
        assertThat(walk("B")).hasSize(1);
        assertThat(fault.hasStruck()).isTrue();
    }

    // ---- circles that share agents
    // ---------------------------------------------------------------------------------

    @Test
    void oneMarkBreaksTwoCirclesThatShareTheYoungestWait() throws Exception {
        scene.contends("B", X, SHARED);
        scene.contends("C", X, SHARED);
        scene.holds("A", Y);
        WaitScene.Request b = scene.waitsInLine("B", Y, EXCLUSIVE);
        WaitScene.Request c = scene.queues("C", Y, EXCLUSIVE, Priority.NORMAL);
        WaitScene.Request a = scene.waitsInLine("A", X, EXCLUSIVE);
        assertThat(walk("A")).hasSize(1);
        assertThat(scene.isMarked(a)).isTrue();
        assertThat(List.of(b, c)).noneMatch(scene::isMarked);
    }

    @Test
    void oneWalkBreaksEveryCircleThatTheAgentIsIn() throws Exception {
        scene.contends("B", X, SHARED);
        scene.contends("C", X, SHARED);
        scene.holds("A", Y);
        scene.holds("A", Z);
        WaitScene.Request a = scene.waitsInLine("A", X, EXCLUSIVE);
        WaitScene.Request b = scene.waitsInLine("B", Y, EXCLUSIVE);
        WaitScene.Request c = scene.waitsInLine("C", Z, EXCLUSIVE);
        assertThat(walk("A"))
                .containsExactlyInAnyOrder(
                        List.of(link("B", Y, "A"), link("A", X, "B")), List.of(link("C", Z, "A"), link("A", X, "C")));
        assertThat(List.of(b, c)).allMatch(scene::isMarked);
        assertThat(scene.isMarked(a)).isFalse();
    }

    // ---- the servers and the limits
    // --------------------------------------------------------------------------------

    private enum Lost {
        REQUEST,
        REPLY
    }

    @ParameterizedTest
    @EnumSource(Lost.class)
    void anUnknownOutcomeOfTheMarkIsResolvedByTheMark(Lost what) throws Exception {
        List<WaitScene.Request> ring = ring(3);
        Fault fault = what == Lost.REQUEST
                ? proxy.loseRequest(DeadlocksTest::marks)
                : proxy.loseReplyTo(DeadlocksTest::marks);
        assertThat(walk("R1")).hasSize(1);
        fault.await(SOON);
        assertThat(ring.stream().filter(scene::isMarked)).containsExactly(ring.get(2));
        assertThat(scene.version(ring.get(2))).isEqualTo(1);
    }

    @Test
    void pastItsLimitOfReadsAWalkGivesUp() throws Exception {
        List<WaitScene.Request> ring = ring(10);
        for (int limit = 0; limit <= 30; limit++) {
            assertThat(get(new Deadlocks(session, layout, borders, WaitScene.agent("R0"), limit).walk()))
                    .isEmpty();
        }
        assertThat(ring).noneMatch(scene::isMarked);
        assertThat(get(new Deadlocks(session, layout, borders, WaitScene.agent("R0"), 100).walk()))
                .hasSize(1);
    }

    @Test
    void eachLineAndEachAgentsWaitsAreListedOnce() throws Exception {
        scene.holds("H", X);
        for (int i = 0; i < 30; i++) {
            scene.queues("Q" + i, X, EXCLUSIVE, Priority.NORMAL);
        }
        scene.holds("Q29", Y);
        AtomicInteger listings = new AtomicInteger();
        AtomicInteger reads = new AtomicInteger();
        proxy.beforeRequest(
                r -> {
                    listings.addAndGet(r.opCode() == OpCode.getChildren2 ? 1 : 0);
                    reads.addAndGet(r.opCode() == OpCode.getData && mentions(r, root + "/") ? 1 : 0);
                    return false;
                },
                () -> {});
        assertThat(walk("Q29")).isEmpty();
        assertThat(listings).as("the line, the queue, the waits of 31 agents").hasValue(33);
        assertThat(reads).as("31 nodes and 30 waits").hasValue(61);
    }

    @Test
    void callsDuringAWalkShareTheOneAfterIt() throws Exception {
        List<WaitScene.Request> ring = ring(2);
        Deadlocks deadlocks = new Deadlocks(session, layout, borders, WaitScene.agent("R0"));
        List<CompletableFuture<List<List<DeadlockLink>>>> later = new ArrayList<>();
        Fault fault = beforeTheMark(() -> {
            scene.delete(ring.get(0).node());
            later.add(deadlocks.walk());
            later.add(deadlocks.walk());
            scene.pending(scene.contends("R0", ring.get(0).path(), EXCLUSIVE));
        });
        CompletableFuture<List<List<DeadlockLink>>> first = deadlocks.walk();
        fault.await(SOON);
        assertThat(later.get(0)).isSameAs(later.get(1)).isNotSameAs(first);
        List<List<DeadlockLink>> all = new ArrayList<>(get(first));
        all.addAll(get(later.get(0)));
        assertThat(all).hasSize(1);
        assertThat(get(deadlocks.walk())).isEmpty();
    }

    @Test
    void aWalkEndsWithTheSession() {
        ring(2);
        through.close();
        CompletableFuture<List<List<DeadlockLink>>> walk =
                new Deadlocks(session, layout, borders, WaitScene.agent("R0")).walk();
        assertThat(walk)
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("ended");
    }

    @Test
    void manyFindersOfManyCirclesMarkNoMoreThanNeeded() throws Exception {
        Random random = new Random(20261124);
        List<Session> sessions = List.of(session, direct);
        for (int round = 0; round < 30; round++) {
            int agents = 2 + random.nextInt(4);
            String dir = "r" + round + "/";
            for (int i = 0; i < agents; i++) {
                scene.holds("R" + round + "." + i, RepoPath.of(dir + i));
            }
            List<WaitScene.Request> requests = new ArrayList<>();
            for (int i = 0; i < agents; i++) {
                requests.add(scene.waitsInLine("R" + round + "." + i, RepoPath.of(dir + (i + 1) % agents), EXCLUSIVE));
            }
            List<CompletableFuture<List<List<DeadlockLink>>>> walks = new ArrayList<>();
            for (int i = 0; i < agents; i++) {
                walks.add(new Deadlocks(
                                sessions.get(i % 2),
                                layout,
                                borders,
                                requests.get(i).agent())
                        .walk());
            }
            int broken = 0;
            for (CompletableFuture<List<List<DeadlockLink>>> walk : walks) {
                broken += get(walk).size();
            }
            assertThat(broken).isEqualTo(1);
            assertThat(requests.stream().filter(scene::isMarked)).containsExactly(requests.get(agents - 1));
        }
    }

    private interface Checked<T> {
        T call() throws Exception;
    }

    private static <T> T unchecked(Checked<T> action) {
        try {
            return action.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
