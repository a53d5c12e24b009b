package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.event.Event;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.Watches;
import io.bumba.testkit.ZkTree;
import io.bumba.zk.Layout;
import io.bumba.zk.WorkspaceSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Locks and territories meet at the ledger. */
@Timeout(60)
class BordersTest extends LockFixture {
    private static final LockOptions NOW = LockOptions.tryNow();
    private static final String CLOSED = "closed src/a.js ANY EXCLUSIVE Tester-Owner ANY";

    private final Layout layout = new Layout(root, "default");
    private final String pendingNode = layout.territories() + "/t-pending";
    private final WrittenBorders borders = new WrittenBorders(layout.territories());
    private final TcpProxy proxy = keep(TcpProxy.to(server));
    private final Bumba bumba = keep(Bumba.connect(config(proxy.connectString(), Duration.ofSeconds(5))
            .operationTimeout(Duration.ofSeconds(3))
            .build()));
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Agent adaHerself = bumba.register(AgentSpec.of("Tester", "Ada"));
    private FileLocks ada;
    private FileLocks bob;

    @BeforeEach
    void lockWithTheseBorders() throws Exception {
        ada = locks(adaHerself);
        bob = locks(bumba.register(AgentSpec.of("Tester", "Bob")));
        keep(bumba.events().listen(events::add));
    }

    private FileLocks locks(Agent agent) throws ReflectiveOperationException {
        Workshop shop = workshop(bumba);
        Workshop bordered = new Workshop(
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
                shop.operationTimeout());
        return new FileLocks(bordered, agent, WorkspaceSettings.DEFAULT);
    }

    /** A change of the ledger by somebody else. */
    private void ledger(String... lines) {
        set(layout.territories(), String.join("\n", lines));
    }

    private void set(String node, String data) {
        try {
            server.client().setData(node, data.getBytes(StandardCharsets.UTF_8), -1);
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void create(String node) {
        try {
            server.client().create(node, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void delete(String node) {
        try {
            server.client().delete(node, -1);
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Somebody begins to allocate a territory over the file. */
    private void allocating(String mode, String agents) {
        create(pendingNode);
        ledger("pending src/a.js " + mode + " " + pendingNode + " " + agents);
    }

    /** Somebody has ended it, this way. */
    private void allocated(String... lines) {
        ledger(lines);
        set(pendingNode, "over");
    }

    private void awaitWatched() {
        await().until(this::isWatched);
    }

    private boolean isWatched() {
        return Watches.list(server).contains(pendingNode);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    private void assertForbidden(LockResult result) {
        assertThat(result).isInstanceOfSatisfying(LockResult.TerritoryForbids.class, forbids -> {
            assertThat(forbids.path()).isEqualTo(PATH);
            assertThat(forbids.claim().owner()).isEqualTo("Tester-Owner");
        });
    }

    /** Neither in a line nor in a queue nor among the waits. */
    private void assertNothingStands() {
        await().untilAsserted(() ->
                assertThat(ZkTree.ephemerals(server.client(), layout.home())).isEmpty());
    }

    private List<String> accesses(String territory) {
        return server.children(layout.accesses(territory)).stream().sorted().toList();
    }

    // ---- closed
    // ------------------------------------------------------------------------------------------------------

    @Test
    void aFileInATerritoryOfAnotherIsRefusedByNameHoweverLongOneWouldWait() throws Exception {
        ledger(CLOSED);
        for (LockOptions options : List.of(NOW, PATIENT, NOW.shared(), PATIENT.shared())) {
            LockResult refused = ada.acquire(PATH, options);
            assertForbidden(refused);
            assertThat(refused.message())
                    .contains("src/a.js", "EXCLUSIVE", "'Log in'", "t-login", "Tester-Owner", "1970-01-01", "src/**")
                    .contains("ask its owner, claim work elsewhere, or wait until it is released (bumba territories)")
                    .doesNotContain("SHARED");
            assertThatThrownBy(refused::orElseThrow).isInstanceOf(LockRefusedException.class);
        }
        assertNothingStands();
        assertThat(events)
                .filteredOn(Event.LockRefused.class::isInstance)
                .hasSize(4)
                .allSatisfy(event ->
                        assertThat(((Event.LockRefused) event).outcome()).isEqualTo("TerritoryForbids"));
        ada.acquire(OTHER, NOW).orElseThrow().close();
    }

    @Test
    void nobodyWritesInASharedTerritoryNorDoesItsOwner() throws Exception {
        ledger("closed src/a.js EXCLUSIVE SHARED Tester-Owner ANY");
        assertThat(ada.acquire(PATH, NOW).message()).contains("nobody writes in a SHARED territory, its owner neither");
        ada.acquire(PATH, NOW.shared()).orElseThrow().close();
    }

    @Test
    void whatATerritorySaysOfItselfCannotForgeALine() {
        Claim evil =
                new Claim("t\n1", "x\u202e\nbumba: granted", "SHARED\n", "o\r", java.time.Instant.EPOCH, "*\u0007");
        assertThat(new LockResult.TerritoryForbids(PATH, evil).message())
                .doesNotContain("\n", "\r", "\u202e", "\u0007")
                .contains("<U+000A>", "<U+202E>");
    }

    @Test
    void anAllocationAfterTheLookIsSeenByTheTransaction() throws Exception {
        ada.acquire(OTHER, NOW).orElseThrow().close();
        Fault between = proxy.beforeRequest(OpCode.multi, () -> ledger(CLOSED));
        assertForbidden(ada.acquire(PATH, PATIENT));
        between.await(SOON);
        assertNothingStands();
    }

    @Test
    void anAllocationElsewhereCostsOneMoreLook() throws Exception {
        ada.acquire(OTHER, NOW).orElseThrow().close();
        int before = borders.refreshes.get();
        ledger("closed src/z.js ANY EXCLUSIVE Tester-Owner ANY");
        ada.acquire(PATH, NOW).orElseThrow().close();
        assertThat(borders.refreshes.get() - before).isEqualTo(1);
        ada.acquire(PATH, NOW).orElseThrow().close();
        assertThat(borders.refreshes.get() - before).isEqualTo(1);
    }

    @Test
    void aLockInNoTerritoryAsksTheServersForNothingMore() throws Exception {
        ada.acquire(PATH, NOW).orElseThrow().close();
        List<Integer> asked = new CopyOnWriteArrayList<>();
        Fault never = proxy.beforeRequest(
                request -> {
                    if (mentions(request, "a.js@") || mentions(request, layout.territories())) {
                        asked.add(request.opCode());
                    }
                    return false;
                },
                () -> {});
        LockGrant held = ada.acquire(PATH, NOW).orElseThrow();
        assertThat(asked)
                .as("the transaction, and behind it the look at line and queue")
                .containsExactly(OpCode.multi, OpCode.getChildren2, OpCode.getChildren2);
        assertThat(never.hasStruck()).isFalse();
        held.close();
    }

    @Test
    void aBusyLedgerIsNoRefusalWithinItsBound() throws Exception {
        ledger("");
        ada.acquire(OTHER, NOW).orElseThrow().close();
        borders.stale.set(RequestNodes.MAX_STALE - 1);
        ada.acquire(PATH, PATIENT).orElseThrow().close();
        assertThat(borders.stale).hasValue(0);
        borders.stale.set(10 * RequestNodes.MAX_STALE);
        assertThatThrownBy(() -> ada.acquire(PATH, PATIENT))
                .isInstanceOf(BumbaException.class)
                .hasMessageContaining("MAX_STALE");
        assertThat(borders.stale).hasValueGreaterThan(8 * RequestNodes.MAX_STALE);
        assertNothingStands();
    }

    @Test
    void aNewcomerDoesNotQueueForAFileThatIsClosedToIt() throws Exception {
        LockGrant held = bob.acquire(PATH, NOW).orElseThrow();
        FileLocks cleo = locks(bumba.register(AgentSpec.of("Tester", "Cleo")));
        CompletableFuture<LockResult> inLine = cleo.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        assertThat(ada.acquire(PATH, NOW)).isInstanceOf(LockResult.Held.class);
        ledger("closed src/a.js ANY EXCLUSIVE Tester-Owner Ada");
        ada.acquire(OTHER, NOW).orElseThrow().close();
        assertForbidden(get(ada.acquireAsync(PATH, PATIENT)));
        assertForbidden(get(ada.acquireAsync(PATH, NOW)));
        held.close();
        get(inLine).orElseThrow().close();
    }

    @Test
    void aWaiterWhoseFileIsClaimedMeanwhileIsRefusedWhenItsTurnComes() throws Exception {
        LockGrant held = bob.acquire(PATH, NOW).orElseThrow();
        FileLocks cleo = locks(bumba.register(AgentSpec.of("Tester", "Cleo")));
        CompletableFuture<LockResult> inLine = cleo.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockResult> queued = ada.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 2);
        assertThat(server.children(layout.queue(PATH))).hasSize(1);
        ledger("closed src/a.js ANY EXCLUSIVE Tester-Owner Ada");
        held.close();
        assertForbidden(get(queued));
        LockGrant next = get(inLine).orElseThrow();
        assertThat(server.children(layout.queue(PATH))).isEmpty();
        next.close();
        assertNothingStands();
    }

    @Test
    void lockAllIsRefusedWholeAndLeavesNothing() throws Exception {
        ledger("closed src/b.js ANY EXCLUSIVE Tester-Owner ANY");
        LockAllResult refused = ada.lockAll(PathSet.of(PATH, OTHER, RepoPath.of("src/c.js")), PATIENT);
        assertThat(refused).isInstanceOfSatisfying(LockAllResult.Refused.class, why -> assertThat(why.why())
                .isInstanceOf(LockResult.TerritoryForbids.class));
        assertThat(refused.message()).contains("src/b.js", "Tester-Owner");
        assertThat(ada.held()).isEmpty();
        assertNothingStands();
    }

    // ---- pending
    // -----------------------------------------------------------------------------------------------------

    @Test
    void aTerritoryThatIsBeingAllocatedIsWaitedForAndMayForbid() throws Exception {
        allocating("ANY", "ANY");
        CompletableFuture<LockResult> patient = ada.acquireAsync(PATH, PATIENT);
        CompletableFuture<LockResult> impatient = bob.acquireAsync(PATH, NOW);
        awaitWatched();
        assertThat(patient).isNotDone();
        assertThat(impatient).isNotDone();
        allocated(CLOSED);
        assertForbidden(get(patient));
        assertForbidden(get(impatient));
        assertNothingStands();
        await().until(() -> !isWatched());
    }

    @Test
    void aTerritoryThatIsGivenBackLetsThoseInWhoWaited() throws Exception {
        allocating("ANY", "Ada");
        CompletableFuture<LockResult> waits = ada.acquireAsync(PATH, NOW);
        awaitWatched();
        ledger("");
        delete(pendingNode);
        get(waits).orElseThrow().close();
        assertNothingStands();
    }

    @Test
    void aChangeThatDoesNotSettleItIsWaitedThrough() throws Exception {
        allocating("ANY", "ANY");
        CompletableFuture<LockResult> waits = ada.acquireAsync(PATH, PATIENT);
        awaitWatched();
        int before = borders.refreshes.get();
        set(pendingNode, "still");
        await().until(() -> borders.refreshes.get() >= before + 2);
        awaitWatched();
        assertThat(waits).isNotDone();
        allocated("");
        get(waits).orElseThrow().close();
    }

    @Test
    void aTerritoryThatIsSettledBetweenTheQuestionAndTheWatchIsNotMissed() throws Exception {
        allocating("ANY", "ANY");
        Fault before = proxy.beforeRequest(
                request -> request.opCode() == OpCode.getData && mentions(request, pendingNode), () -> allocated(""));
        get(ada.acquireAsync(PATH, PATIENT)).orElseThrow().close();
        before.await(SOON);
        await().until(() -> !isWatched());
    }

    @Test
    void aTerritoryThatIsGoneBeforeItIsWatchedIsAskedAboutAgain() throws Exception {
        allocating("ANY", "ANY");
        Fault before = proxy.beforeRequest(
                request -> request.opCode() == OpCode.getData && mentions(request, pendingNode), () -> {
                    ledger("");
                    delete(pendingNode);
                });
        get(ada.acquireAsync(PATH, PATIENT)).orElseThrow().close();
        before.await(SOON);
    }

    @Test
    void aRequestThatIsCancelledMeanwhileLeavesNothing() throws Exception {
        allocating("ANY", "ANY");
        CompletableFuture<LockResult> waits = ada.acquireAsync(PATH, PATIENT);
        awaitWatched();
        waits.cancel(true);
        await().until(() -> !isWatched());
        allocated("");
        assertNothingStands();
        bob.acquire(PATH, NOW).orElseThrow().close();
    }

    @Test
    void anAgentThatEndsMeanwhileIsToldAtOnce() throws Exception {
        allocating("ANY", "ANY");
        CompletableFuture<LockResult> waits = ada.acquireAsync(PATH, PATIENT);
        awaitWatched();
        adaHerself.close();
        assertThat(get(waits)).isInstanceOf(LockResult.Lost.class);
        await().until(() -> !isWatched());
    }

    @Test
    void thePatienceOfARequestBoundsItAndTheOperationTimeoutThatOfOneWithoutAny() throws Exception {
        allocating("ANY", "ANY");
        assertThat(ada.acquire(PATH, LockOptions.waitUpTo(Duration.ofMillis(300))))
                .isInstanceOf(LockResult.TimedOut.class);
        assertThatThrownBy(() -> ada.acquire(PATH, NOW))
                .isInstanceOfSatisfying(
                        BumbaException.class, e -> assertThat(e.code()).isEqualTo(BumbaException.Code.UNAVAILABLE))
                .hasMessageContaining("a territory was being allocated over src/a.js for more than 3000 ms");
        assertNothingStands();
        await().until(() -> !isWatched());
    }

    @Test
    void aWaiterWhoseTurnComesMeanwhileKeepsItsPlace() throws Exception {
        LockGrant held = bob.acquire(PATH, NOW).orElseThrow();
        FileLocks cleo = locks(bumba.register(AgentSpec.of("Tester", "Cleo")));
        CompletableFuture<LockResult> inLine = cleo.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockResult> queued = ada.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 2);
        allocating("ANY", "Ada");
        held.close();
        LockGrant next = get(inLine).orElseThrow();
        awaitWatched();
        assertThat(server.children(layout.queue(PATH))).hasSize(1);
        allocated("");
        await().untilAsserted(
                        () -> assertThat(server.children(layout.queue(PATH))).isEmpty());
        assertThat(contenders(PATH)).hasSize(2);
        next.close();
        get(queued).orElseThrow().close();
        assertNothingStands();
    }

    // ---- conversions
    // -------------------------------------------------------------------------------------------------

    @Test
    void anUpgradeThatATerritoryForbidsIsRefusedAndTheReaderReadsOn() throws Exception {
        LockGrant shared = ada.acquire(PATH, NOW.shared()).orElseThrow();
        FencingToken token = shared.token();
        String node = contender(PATH);
        ledger("closed src/a.js EXCLUSIVE SHARED Tester-Owner ANY");
        assertForbidden(ada.acquire(PATH, PATIENT));
        assertThat(shared.isValid()).isTrue();
        assertThat(shared.mode()).isEqualTo(LockMode.SHARED);
        assertThat(shared.token()).isEqualTo(token);
        assertThat(contender(PATH)).isEqualTo(node);
        assertThat(events).anySatisfy(event -> assertThat(event)
                .isInstanceOfSatisfying(Event.LockRefused.class, refused -> assertThat(refused.outcome())
                        .isEqualTo("TerritoryForbids")));
        assertThat(shared.release()).isEqualTo(ReleaseResult.RELEASED);
        assertNothingStands();
    }

    @Test
    void anAllocationAfterTheLookStopsAnUpgrade() throws Exception {
        LockGrant shared = ada.acquire(PATH, NOW.shared()).orElseThrow();
        Fault between =
                proxy.beforeRequest(OpCode.multi, () -> ledger("closed src/a.js EXCLUSIVE SHARED Tester-Owner ANY"));
        assertForbidden(ada.acquire(PATH, PATIENT));
        between.await(SOON);
        assertThat(shared.isValid()).isTrue();
        assertThat(shared.mode()).isEqualTo(LockMode.SHARED);
        shared.close();
    }

    @Test
    void aDowngradeThatATerritoryForbidsIsRefusedAndTheHolderHoldsOn() throws Exception {
        LockGrant held = ada.acquire(PATH, NOW).orElseThrow();
        FencingToken token = held.token();
        Fault between =
                proxy.beforeRequest(OpCode.multi, () -> ledger("closed src/a.js SHARED EXCLUSIVE Tester-Owner ANY"));
        assertThatThrownBy(() -> held.downgrade().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(LockRefusedException.class)
                .hasMessageContaining("Tester-Owner");
        between.await(SOON);
        assertThat(held.isValid()).isTrue();
        assertThat(held.mode()).isEqualTo(LockMode.EXCLUSIVE);
        assertThat(held.token()).isEqualTo(token);
        assertThat(events).anySatisfy(event -> assertThat(event)
                .isInstanceOfSatisfying(Event.LockRefused.class, refused -> assertThat(refused.outcome())
                        .isEqualTo("TerritoryForbids")));
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void anUpgradeWaitsForAPendingTerritoryAndHoldsMeanwhile() throws Exception {
        LockGrant shared = ada.acquire(PATH, NOW.shared()).orElseThrow();
        allocating("EXCLUSIVE", "ANY");
        bob.acquire(OTHER, NOW).orElseThrow().close();
        CompletableFuture<LockResult> upgrade = ada.acquireAsync(PATH, PATIENT);
        awaitWatched();
        assertThat(upgrade).isNotDone();
        assertThat(shared.isValid()).isTrue();
        allocated("");
        LockGrant exclusive = get(upgrade).orElseThrow();
        assertThat(exclusive.mode()).isEqualTo(LockMode.EXCLUSIVE);
        await().until(() -> !isWatched());
        exclusive.close();
        assertThat(shared.release()).isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void anUpgradeThatNobodyWaitsForAnyLongerDoesNotHappenLater() throws Exception {
        LockGrant shared = ada.acquire(PATH, NOW.shared()).orElseThrow();
        allocating("EXCLUSIVE", "ANY");
        bob.acquire(OTHER, NOW).orElseThrow().close();
        CompletableFuture<LockResult> upgrade = ada.acquireAsync(PATH, PATIENT);
        awaitWatched();
        // It is over, and the request, before anybody is told.
        ledger("");
        upgrade.cancel(true);
        await().until(() -> !isWatched());
        assertThat(ada.acquire(PATH, LockOptions.tryNow().shared())
                        .orElseThrow()
                        .release())
                .isEqualTo(ReleaseResult.STILL_HELD);
        assertThat(shared.mode()).isEqualTo(LockMode.SHARED);
        assertThat(contenders(PATH)).singleElement().asString().contains("__READ__");
        assertThat(shared.release()).isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void aReleaseDoesNotWaitForAnUpgradeThatWaits() throws Exception {
        LockGrant shared = ada.acquire(PATH, NOW.shared()).orElseThrow();
        allocating("EXCLUSIVE", "ANY");
        bob.acquire(OTHER, NOW).orElseThrow().close();
        CompletableFuture<LockResult> upgrade = ada.acquireAsync(PATH, PATIENT);
        awaitWatched();
        assertThat(shared.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(upgrade).isNotDone();
        allocated("");
        assertThat(get(upgrade)).isInstanceOf(LockResult.Lost.class);
        assertNothingStands();
    }

    @Test
    void aConversionOverABusyLedgerLosesNothing() throws Exception {
        ledger("");
        LockGrant held = ada.acquire(PATH, NOW).orElseThrow();
        borders.stale.set(2 * RequestNodes.MAX_STALE);
        assertThat(held.downgrade().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(held.isValid()).isTrue();
        held.close();
    }

    // ---- recorded
    // ----------------------------------------------------------------------------------------------------

    @Test
    void anAccessIsOnRecordBeforeItIsGranted() throws Exception {
        ledger("record src/a.js ANY t-1 ANY", "record src/a.js ANY t-2 ANY");
        LockGrant first = ada.acquire(PATH, NOW.shared()).orElseThrow();
        for (String territory : List.of("t-1", "t-2")) {
            assertThat(accesses(territory)).containsExactly("access-0000000000");
            byte[] data = server.client().getData(layout.access(territory) + "0000000000", false, null);
            assertThat(new String(data, StandardCharsets.UTF_8))
                    .contains("\"v\":1", "\"agent\":\"Tester-Ada-", "\"path\":\"src/a.js\"", "\"mode\":\"SHARED\"")
                    .contains("\"since\":");
        }
        LockGrant upgraded = ada.acquire(PATH, NOW).orElseThrow();
        assertThat(accesses("t-1")).hasSize(2);
        upgraded.close();
        first.close();
        ada.acquire(OTHER, NOW).orElseThrow().close();
        assertThat(accesses("t-1")).hasSize(2);
        assertThat(events.stream()
                        .filter(Event.AccessRecorded.class::isInstance)
                        .map(event -> ((Event.AccessRecorded) event).territory() + " "
                                + ((Event.AccessRecorded) event).mode()))
                .containsExactly("t-1 SHARED", "t-2 SHARED", "t-1 EXCLUSIVE", "t-2 EXCLUSIVE");
    }

    @Test
    void aTransactionThatDidNotHappenRecordsNothingAndOneWhoseReplyWasLostOnce() throws Exception {
        ledger("record src/a.js ANY t-1 ANY");
        ada.acquire(OTHER, NOW).orElseThrow().close();
        Fault between = proxy.beforeRequest(OpCode.multi, () -> ledger(CLOSED));
        assertForbidden(ada.acquire(PATH, PATIENT));
        between.await(SOON);
        assertThat(accesses("t-1")).isEmpty();
        ledger("record src/a.js ANY t-1 ANY");
        bob.acquire(OTHER, NOW).orElseThrow().close();
        Fault lost = proxy.loseReplyTo(OpCode.multi);
        ada.acquire(PATH, PATIENT).orElseThrow().close();
        lost.await(SOON);
        assertThat(accesses("t-1")).hasSize(1);
        assertThat(events).filteredOn(Event.AccessRecorded.class::isInstance).hasSize(1);
    }

    @Test
    void aRecordSurvivesItsMakerAndAReapedParentIsMadeAnew() throws Exception {
        ledger("record src/a.js ANY t-1 ANY");
        ada.acquire(PATH, NOW).orElseThrow().close();
        delete(layout.access("t-1") + "0000000000");
        delete(layout.accesses("t-1"));
        LockGrant shared = ada.acquire(PATH, NOW.shared()).orElseThrow();
        assertThat(accesses("t-1")).hasSize(1);
        delete(layout.access("t-1") + "0000000000");
        delete(layout.accesses("t-1"));
        LockGrant exclusive = ada.acquire(PATH, NOW).orElseThrow();
        assertThat(exclusive.mode()).isEqualTo(LockMode.EXCLUSIVE);
        exclusive.close();
        shared.close();
        adaHerself.close();
        assertThat(accesses("t-1")).hasSize(1);
    }

    @Test
    void aboutTheLastThousandAreKept() throws Exception {
        ledger("record src/a.js ANY t-1 ANY");
        create(layout.accesses("t-1"));
        for (int i = 0; i < AccessRecords.KEPT; i++) {
            server.client()
                    .create(
                            layout.access("t-1"),
                            new byte[0],
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.PERSISTENT_SEQUENTIAL);
        }
        ada.acquire(PATH, NOW).orElseThrow().close();
        await().untilAsserted(() ->
                assertThat(accesses("t-1")).hasSize(AccessRecords.KEPT).doesNotContain("access-0000000000"));
        assertThat(accesses("t-1")).contains("access-0000000001", "access-0000001000");
    }
}
