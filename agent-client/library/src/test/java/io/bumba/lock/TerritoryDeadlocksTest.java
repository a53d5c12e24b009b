package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.Session;
import io.bumba.zk.WorkspaceSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Circles of agents that wait for files and for territories. */
@Timeout(60)
class TerritoryDeadlocksTest extends LockFixture {
    private static final RepoPath X = RepoPath.of("src/x.js");
    private static final LockMode EXCLUSIVE = LockMode.EXCLUSIVE;

    private final Layout layout = new Layout(root, "default");
    private final String queue = layout.home() + "/territory-queue";
    private final WrittenBorders borders = new WrittenBorders(layout.territories());
    private final TcpProxy proxy = keep(TcpProxy.to(server));
    private final Bumba bumba = through(proxy, Duration.ofSeconds(10));
    private final Session session =
            bumba.register(AgentSpec.of("Tester", "Finder")).session();
    private final WaitScene scene = new WaitScene(server.client(), layout);

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(15, TimeUnit.SECONDS);
    }

    private List<List<DeadlockLink>> walk(String name) throws Exception {
        return get(new Deadlocks(session, layout, borders, WaitScene.agent(name)).walk());
    }

    /** A territory of somebody, as far as it proves something; the znode. */
    private String owned(String name) {
        return scene.create(layout.territories(), "t-" + name, new byte[0]);
    }

    private Obstacle owner(String name) {
        String territory = layout.territories() + "/t-" + name;
        return new Obstacle(WaitScene.agent(name), "territory of " + name, Map.of(territory, 0));
    }

    /** Waits for a territory; the wait's znode. */
    private String waits(String agent, String place, Obstacle... obstacles) {
        String request = scene.create(queue, place, new byte[0]);
        borders.blocks(request, () -> CompletableFuture.completedFuture(List.of(obstacles)));
        return scene.create(
                layout.waits(agent),
                UUID.randomUUID().toString(),
                TerritoryWait.encode("a territory over src/**", Instant.EPOCH, request));
    }

    private Optional<List<DeadlockLink>> mark(String wait) throws Exception {
        return TerritoryWait.deadlock(server.client().getData(wait, false, null));
    }

    private static DeadlockLink link(String agent, String what, String blocker) {
        return new DeadlockLink(WaitScene.agent(agent), what, WaitScene.agent(blocker));
    }

    // ---- what is a circle
    // --------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileAndATerritoryMakeACircleWhoeverOfTheTwoIsYounger(boolean fileLast) throws Exception {
        scene.holds("A", X);
        owned("B");
        String territory = fileLast ? waits(WaitScene.agent("A"), "q-1", owner("B")) : "";
        WaitScene.Request file = scene.waitsInLine("B", X, EXCLUSIVE);
        String wait = fileLast ? territory : waits(WaitScene.agent("A"), "q-1", owner("B"));
        DeadlockLink forFile = link("B", "src/x.js", "A");
        DeadlockLink forTerritory = link("A", "territory of B", "B");
        List<DeadlockLink> circle = fileLast ? List.of(forFile, forTerritory) : List.of(forTerritory, forFile);
        assertThat(walk(fileLast ? "A" : "B")).containsExactly(circle);
        assertThat(mark(wait)).isEqualTo(fileLast ? Optional.empty() : Optional.of(circle));
        assertThat(scene.mark(file.pending())).isEqualTo(fileLast ? Optional.of(circle) : Optional.empty());
        assertThat(walk("A")).as("broken once, not again").isEmpty();
    }

    @Test
    void twoTerritoriesMakeACircle() throws Exception {
        owned("A");
        owned("B");
        String first = waits(WaitScene.agent("A"), "q-1", owner("B"));
        String second = waits(WaitScene.agent("B"), "q-2", owner("A"));
        assertThat(walk("A"))
                .containsExactly(List.of(link("B", "territory of A", "A"), link("A", "territory of B", "B")));
        assertThat(mark(first)).isEmpty();
        assertThat(mark(second)).isPresent();
    }

    @Test
    void oneWhoIsInNobodysWayIsInNoCircle() throws Exception {
        scene.holds("A", X);
        owned("B");
        owned("C");
        String wait = waits(WaitScene.agent("A"), "q-1", owner("C"), owner("A"));
        WaitScene.Request file = scene.waitsInLine("B", X, EXCLUSIVE);
        assertThat(walk("A")).isEmpty();
        assertThat(walk("B")).isEmpty();
        assertThat(mark(wait)).isEmpty();
        assertThat(scene.isMarked(file)).isFalse();
    }

    @Test
    void onlyWhatStandsAtTheMarkIsACircle() throws Exception {
        scene.holds("A", X);
        String territory = owned("B");
        String wait = waits(WaitScene.agent("A"), "q-1", owner("B"));
        WaitScene.Request file = scene.waitsInLine("B", X, EXCLUSIVE);
        for (Runnable change : List.<Runnable>of(
                () -> scene.set(territory, "resized".getBytes(StandardCharsets.UTF_8)),
                () -> scene.delete(territory),
                () -> scene.delete(queue + "/q-1"))) {
            Fault between = proxy.beforeRequest(OpCode.multi, () -> {
                change.run();
                borders.blocks(queue + "/q-1", () -> CompletableFuture.completedFuture(List.of()));
            });
            assertThat(walk("A")).isEmpty();
            between.await(SOON);
            assertThat(mark(wait)).isEmpty();
            assertThat(scene.isMarked(file)).isFalse();
            if (server.client().exists(territory, false) != null) {
                scene.delete(territory);
            }
            owned("B");
            borders.blocks(queue + "/q-1", () -> CompletableFuture.completedFuture(List.of(owner("B"))));
        }
    }

    @Test
    void aProofThatNeverHoldsEndsTheSearchNotTheWait() throws Exception {
        scene.holds("A", X);
        owned("B");
        Obstacle wrong = new Obstacle(WaitScene.agent("B"), "territory of B", Map.of(layout.territories() + "/t-B", 7));
        String wait = waits(WaitScene.agent("A"), "q-1", wrong);
        WaitScene.Request file = scene.waitsInLine("B", X, EXCLUSIVE);
        assertThat(walk("A")).isEmpty();
        assertThat(mark(wait)).isEmpty();
        assertThat(scene.isMarked(file)).isFalse();
    }

    /** A waits for a territory of B's, which waits for a file of E's, which waits for one of A's and is the youngest. */
    private List<DeadlockLink> longerCircle() {
        RepoPath theirs = RepoPath.of("src/e.js");
        scene.holds("E", theirs);
        scene.waitsInLine("B", theirs, EXCLUSIVE);
        scene.waitsInLine("E", X, EXCLUSIVE);
        return List.of(link("E", "src/x.js", "A"), link("A", "territory of B", "B"), link("B", "src/e.js", "E"));
    }

    @Test
    void aRequestBeforeAnotherIsInItsWayUntilItIsMarked() throws Exception {
        scene.holds("A", X);
        owned("B");
        scene.waitsInLine("C", X, EXCLUSIVE);
        String before = waits(WaitScene.agent("C"), "q-1");
        Obstacle itsPlace = new Obstacle(WaitScene.agent("C"), "the request of C", Map.of(queue + "/q-1", -1));
        String wait = waits(WaitScene.agent("A"), "q-2", itsPlace, owner("B"));
        scene.set(
                before,
                Codec.encode(new WaitData("x", Instant.EPOCH, Optional.of(List.of()), Optional.of(queue + "/q-1"))));
        assertThat(walk("A")).as("C gives its place up").isEmpty();
        List<DeadlockLink> longer = longerCircle();
        assertThat(walk("A")).containsExactly(longer);
        scene.delete(before);
        scene.create(
                layout.waits(WaitScene.agent("C")),
                UUID.randomUUID().toString(),
                TerritoryWait.encode("again", Instant.EPOCH, queue + "/q-1"));
        assertThat(walk("A")).containsExactly(List.of(link("A", "the request of C", "C"), link("C", "src/x.js", "A")));
        assertThat(mark(wait)).isPresent();
    }

    @Test
    void aFileRequestIsInTheWayOfATerritoryUntilItIsMarked() throws Exception {
        RepoPath inside = RepoPath.of("src/y.js");
        scene.holds("A", X);
        owned("B");
        scene.holds("D", inside);
        WaitScene.Request c = scene.waitsInLine("C", inside, EXCLUSIVE);
        Obstacle itsPlace = new Obstacle(WaitScene.agent("C"), "src/y.js", Map.of(c.node(), -1));
        scene.waitsInLine("C", X, EXCLUSIVE);
        scene.mark(c);
        String wait = waits(WaitScene.agent("A"), "q-1", itsPlace, owner("B"));
        assertThat(walk("A")).as("C gives its place up").isEmpty();
        List<DeadlockLink> longer = longerCircle();
        assertThat(walk("A")).containsExactly(longer);
        WaitScene.Request again = scene.waitsInLine("C", inside, EXCLUSIVE);
        Obstacle newPlace = new Obstacle(WaitScene.agent("C"), "src/y.js", Map.of(again.node(), -1));
        borders.blocks(queue + "/q-1", () -> CompletableFuture.completedFuture(List.of(newPlace)));
        assertThat(walk("A")).containsExactly(List.of(link("A", "src/y.js", "C"), link("C", "src/x.js", "A")));
        assertThat(mark(wait)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "x", "/etc/passwd", "/a//b", "/a/../b", "\u0000"})
    void aPlaceThatIsNoneOfTheWorkspaceIsNoWait(String place) throws Exception {
        scene.holds("A", X);
        scene.create(
                layout.waits(WaitScene.agent("A")),
                UUID.randomUUID().toString(),
                TerritoryWait.encode("odd", Instant.EPOCH, place));
        AtomicBoolean asked = new AtomicBoolean();
        borders.blocks(place, () -> {
            asked.set(true);
            return CompletableFuture.completedFuture(List.of(owner("B")));
        });
        scene.waitsInLine("B", X, EXCLUSIVE);
        assertThat(walk("A")).isEmpty();
        assertThat(walk("B")).isEmpty();
        assertThat(asked).isFalse();
    }

    @Test
    void whatIsWaitedForIsOneLineInTheAnswer() {
        byte[] data = TerritoryWait.encode("x\n\u202e", Instant.EPOCH, queue + "/q-1");
        assertThat(new String(data, StandardCharsets.UTF_8)).contains("x<U+000A><U+202E>", "q-1");
        assertThat(TerritoryWait.deadlock(data)).isEmpty();
        assertThat(TerritoryWait.deadlock(new byte[] {1, 2})).isEmpty();
    }

    // ---- who must search
    // ---------------------------------------------------------------------------------------------

    private FileLocks locks(Agent agent) throws ReflectiveOperationException {
        Workshop shop = workshop(bumba);
        return new FileLocks(
                new Workshop(
                        shop.client(),
                        shop.layout(),
                        borders,
                        shop.containers(),
                        shop.encounters(),
                        shop.clock(),
                        shop.callbacks(),
                        shop.events(),
                        shop.nanos(),
                        shop.time(),
                        shop.operationTimeout()),
                agent,
                WorkspaceSettings.DEFAULT);
    }

    private Obstacle owner(Agent agent) {
        return new Obstacle(
                agent.id().value(), "territory", Map.of(layout.agent(agent.id().value()), -1));
    }

    @Test
    void anOwnerOfATerritoryThatQueuesForItsFirstFileFindsTheCircle() throws Exception {
        Agent a = bumba.register(AgentSpec.of("Tester", "Ada"));
        Agent b = bumba.register(AgentSpec.of("Tester", "Bob"));
        FileLocks ada = locks(a);
        FileLocks bob = locks(b);
        ada.entangledWhile(() -> true, () -> true);
        LockGrant held = bob.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> inLine =
                locks(bumba.register(AgentSpec.of("Tester", "Cleo"))).acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        String wait = waits(b.id().value(), "q-1", owner(a));
        LockResult refused = get(ada.acquireAsync(PATH, PATIENT));
        assertThat(refused).isInstanceOf(LockResult.Deadlock.class);
        assertThat(refused.message()).contains(b.id().value() + " waits for territory behind " + a.id().value());
        assertThat(mark(wait)).isEmpty();
        held.close();
        get(inLine).orElseThrow().close();
    }

    @Test
    void anAgentThatWaitsForATerritoryAndIsGrantedAFileFindsTheCircle() throws Exception {
        Agent a = bumba.register(AgentSpec.of("Tester", "Ada"));
        FileLocks ada = locks(a);
        ada.entangledWhile(() -> true, () -> true);
        scene.queues("B", PATH, EXCLUSIVE, Priority.LOW);
        owned("B");
        String wait = waits(a.id().value(), "q-1", owner("B"));
        LockGrant passes = ada.acquire(PATH, LockOptions.tryNow().withPriority(Priority.HIGH))
                .orElseThrow();
        await().untilAsserted(() -> assertThat(mark(wait)).isPresent());
        passes.close();
    }

    @Test
    void anAgentThatBeginsToWaitForATerritorySearchesWhenItIsTold() throws Exception {
        Agent a = bumba.register(AgentSpec.of("Tester", "Ada"));
        Agent b = bumba.register(AgentSpec.of("Tester", "Bob"));
        FileLocks ada = locks(a);
        LockGrant held = ada.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> bobs = locks(b).acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        String wait = waits(a.id().value(), "q-1", owner(b));
        ada.walk().get(10, TimeUnit.SECONDS);
        assertThat(mark(wait)).hasValueSatisfying(circle -> assertThat(circle)
                .containsExactly(
                        new DeadlockLink(a.id().value(), "territory", b.id().value()),
                        new DeadlockLink(b.id().value(), "src/a.js", a.id().value())));
        assertThat(bobs).isNotDone();
        held.close();
        get(bobs).orElseThrow().close();
    }

    @Test
    void aFileRequestThatIsTheYoungestWaitIsToldAtOnce() throws Exception {
        Agent a = bumba.register(AgentSpec.of("Tester", "Ada"));
        Agent b = bumba.register(AgentSpec.of("Tester", "Bob"));
        FileLocks ada = locks(a);
        LockGrant held = ada.acquire(PATH, PATIENT).orElseThrow();
        String request = queue + "/q-1";
        waits(a.id().value(), "q-1");
        CompletableFuture<LockResult> bobs = locks(b).acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        assertThat(bobs).isNotDone();
        borders.blocks(request, () -> CompletableFuture.completedFuture(List.of(owner(b))));
        ada.walk().get(10, TimeUnit.SECONDS);
        assertThat(get(bobs)).isInstanceOf(LockResult.Deadlock.class);
        held.close();
    }
}
