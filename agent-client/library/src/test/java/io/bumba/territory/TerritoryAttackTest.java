package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockResult;
import io.bumba.path.CasePolicy;
import io.bumba.path.PathPatterns;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.zk.Async;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.LedgerTurn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an attacker tried. */
@Timeout(60)
class TerritoryAttackTest extends TerritoryFixture {
    private static final Duration SESSION = Duration.ofSeconds(20);

    private final Bumba here = connect();
    private final Bumba there = connect();
    private final Agent ada = agent(here, "Ada");
    private final Agent bob = agent(there, "Bob");

    private static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private AllocateResult allocate(Bumba bumba, Agent agent, TerritoryRequest request) throws InterruptedException {
        return bumba.territories(agent).allocate(request);
    }

    private static boolean mentions(TcpProxy.Request request, String text) {
        return new String(request.frame(), StandardCharsets.ISO_8859_1).contains(text);
    }

    /** Who stands in the area is looked for between the two steps. */
    private static boolean listsLocks(TcpProxy.Request request) {
        return request.opCode() == OpCode.getChildren2 && mentions(request, "/locks/src");
    }

    private static boolean isValid(LockResult result) {
        return result.grant().filter(LockGrant::isValid).isPresent();
    }

    private String node(TerritoryGrant territory) {
        return root + "/workspaces/default/territories/" + territory.id();
    }

    private String data(String node) throws Exception {
        return new String(server.client().getData(node, false, null), StandardCharsets.UTF_8);
    }

    private List<String> requests() {
        return server.children(root + "/workspaces/default/requests");
    }

    // ---- two at once
    // -------------------------------------------------------------------------------------------------

    @Test
    void localGrantsAreNotGivenBesideTheLockOfOneWhoWasDismissed() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/")).orElseThrow();
        done(mine.admit(List.of(bob.id()))).orElseThrow();
        LockGrant theirs = there.locks(bob).acquire(LOGIN, NOW).orElseThrow();
        done(mine.dismiss(List.of(bob.id()))).orElseThrow();
        AllocateResult unused = done(mine.local(true));
        LockResult beside = here.locks(ada).acquire(LOGIN, NOW);
        assertThat(isValid(beside) && theirs.isValid()).isFalse();
        theirs.close();
        done(mine.local(true)).orElseThrow();
        assertThat(here.locks(ada).acquire(LOGIN, NOW).orElseThrow().token().count())
                .isPositive();
    }

    @Test
    void nobodyWhomTheFormerOwnerAdmittedLocksWhileATerritoryIsHandedOver() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba away = through(proxy, SESSION);
        Agent cleo = agent(away, "Cleo");
        TerritoryGrant mine = allocate(here, ada, claim("src/")).orElseThrow();
        done(mine.admit(List.of(bob.id()))).orElseThrow();
        done(mine.offer(cleo.id())).orElseThrow();
        AtomicReference<CompletableFuture<LockResult>> late = new AtomicReference<>(new CompletableFuture<>());
        Fault looked = proxy.beforeReply(TerritoryAttackTest::listsLocks, () -> {
            CompletableFuture<LockResult> asked = there.locks(bob).acquireAsync(LOGIN, NOW);
            late.set(asked);
            awaitAtMost(asked, Duration.ofSeconds(1));
        });
        AllocateResult accepted = away.territories(cleo).accept(mine.id()).get(20, TimeUnit.SECONDS);
        looked.await(SOON);
        LockResult locked = Objects.requireNonNull(late.get()).get(20, TimeUnit.SECONDS);
        assertThat(accepted.grant().isPresent() && isValid(locked)).isFalse();
        assertThat(accepted).isInstanceOf(AllocateResult.Allocated.class);
    }

    private static void awaitAtMost(CompletableFuture<?> future, Duration patience) {
        try {
            Object unused = future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // What it came to is looked at later.
            assertThat(e).isNotNull();
        }
    }

    @Test
    void whoTakesATerritoryOverDoesNotLockBesideLocalGrantsSwitchedOnMeanwhile() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba owning = through(proxy, SESSION);
        Agent eve = agent(owning, "Eve");
        TcpProxy other = keep(TcpProxy.to(server));
        Bumba taking = through(other, SESSION);
        Agent cleo = agent(taking, "Cleo");
        TerritoryGrant territory =
                owning.territories(eve).allocate(claim("src/")).orElseThrow();
        done(territory.offer(cleo.id())).orElseThrow();
        AtomicReference<CompletableFuture<LockResult>> local = new AtomicReference<>(new CompletableFuture<>());
        Fault looked = other.beforeReply(TerritoryAttackTest::listsLocks, () -> {
            awaitAtMost(territory.local(true).toCompletableFuture(), Duration.ofSeconds(2));
            CompletableFuture<LockResult> asked = owning.locks(eve).acquireAsync(LOGIN, NOW);
            local.set(asked);
            awaitAtMost(asked, Duration.ofSeconds(1));
            proxy.stall();
        });
        AllocateResult accepted =
                taking.territories(cleo).accept(territory.id()).get(20, TimeUnit.SECONDS);
        looked.await(SOON);
        if (accepted.grant().isPresent()) {
            LockResult theirs = taking.locks(cleo).acquire(LOGIN, NOW);
            CompletableFuture<LockResult> switched = Objects.requireNonNull(local.get());
            boolean both = switched.isDone() && isValid(switched.get()) && isValid(theirs);
            assertThat(both).isFalse();
        }
        proxy.pass();
    }

    // ---- refused for nothing
    // -----------------------------------------------------------------------------------------

    @Test
    void nobodyIsRefusedBehindAWaiterByAStaleCopy() throws Exception {
        allocate(there, bob, claim("docs/")).orElseThrow();
        allocate(here, ada, claim("src/a/")).orElseThrow();
        Agent cleo = agent(here, "Cleo");
        CompletableFuture<AllocateResult> waiting =
                here.territories(cleo).allocateAsync(claim("src/").waitUpTo(Duration.ofSeconds(60)));
        await().until(() -> requests().size() == 1);
        // Cleo cannot have it now, so the small request may pass.
        allocate(there, bob, claim("src/b/")).orElseThrow();
        assertThat(waiting).isNotDone();
    }

    @Test
    void nobodyIsRefusedItsParentByAStaleCopy() throws Exception {
        allocate(there, bob, claim("docs/")).orElseThrow();
        TerritoryGrant parent = allocate(here, ada, claim("src/")).orElseThrow();
        done(parent.admit(List.of(bob.id()))).orElseThrow();
        allocate(there, bob, claim("src/auth/").inside(parent.id())).orElseThrow();
    }

    @Test
    void nobodyIsRefusedByALimitThatAStaleCopyMeets() throws Exception {
        here.warden().writePolicy(new Policy(null, null, null, null, 2, null));
        TerritoryGrant first = allocate(here, ada, claim("src/")).orElseThrow();
        allocate(there, bob, claim("docs/")).orElseThrow();
        assertThat(first.release()).isTrue();
        allocate(there, bob, claim("lib/")).orElseThrow();
    }

    // ---- never woken, never answered, left behind
    // --------------------------------------------------------------------

    @Test
    void whoWaitsForAnOrphanGetsItWhenItsGraceIsOver() throws Exception {
        allocate(here, ada, claim("src/").keptFor(Duration.ofSeconds(2))).orElseThrow();
        CompletableFuture<AllocateResult> waiting =
                there.territories(bob).allocateAsync(claim("src/").waitUpTo(Duration.ofSeconds(60)));
        await().until(() -> requests().size() == 1);
        here.close();
        waiting.get(20, TimeUnit.SECONDS).orElseThrow();
    }

    @Test
    void aParentEndsWithAllThatItsTerritoriesInsideClaim() throws Exception {
        here.warden().writePolicy(new Policy(null, null, null, 100_000, null, null));
        TerritoryGrant parent = allocate(here, ada, claim("src/")).orElseThrow();
        String dir = "d".repeat(60);
        List<TerritoryGrant> inside = new ArrayList<>();
        for (int child = 0; child < 6; child++) {
            String home = "src/" + child + dir + "/";
            List<String> patterns =
                    IntStream.range(0, 1_000).mapToObj(i -> home + "file-" + i).toList();
            TerritoryRequest request = TerritoryRequest.of("many", PathPatterns.of(patterns, CasePolicy.SENSITIVE));
            allocate(here, ada, request.inside(parent.id())).grant().ifPresent(inside::add);
        }
        assertThat(inside).hasSizeGreaterThan(1);
        assertThat(parent.release()).isTrue();
        assertThat(territories()).isEmpty();
        LockResult free = there.locks(bob).acquire(LOGIN, NOW);
        free.orElseThrow().close();
    }

    @Test
    void aResizeThatIsTooLargeLeavesNothingPending() throws Exception {
        PathPatterns before = wide("a");
        TerritoryGrant mine =
                allocate(here, ada, TerritoryRequest.of("many", before)).orElseThrow();
        CompletableFuture<AllocateResult> resized = mine.resize(wide("b")).toCompletableFuture();
        awaitAtMost(resized, Duration.ofSeconds(20));
        assertThat(data(node(mine))).doesNotContain("pending");
        if (resized.isCompletedExceptionally()) {
            assertThat(mine.patterns()).isEqualTo(before);
            assertThat(resized.handle((result, failure) -> Async.cause(failure)).get())
                    .isInstanceOfSatisfying(
                            BumbaException.class, e -> assertThat(e.code()).isEqualTo(BumbaException.Code.LIMIT));
        } else {
            assertThat(mine.patterns()).isEqualTo(wide("b"));
        }
        assertThat(mine.isValid()).isTrue();
        assertThat(mine.release()).isTrue();
        assertThat(territories()).isEmpty();
    }

    private static PathPatterns wide(String start) {
        return PathPatterns.of(
                IntStream.range(0, 1_000)
                        .mapToObj(i -> start + "/" + "x".repeat(240) + i)
                        .toList(),
                CasePolicy.SENSITIVE);
    }

    @Test
    void whoMayNotWaitForLackOfBytesIsToldAtOnce() throws Exception {
        allocate(here, ada, claim("src/")).orElseThrow();
        List<EphemeralBudget.Share> taken = new ArrayList<>();
        Agent cleo = agent(there, "Cleo");
        allocate(there, cleo, claim("docs/")).orElseThrow().close();
        EphemeralBudget budget = cleo.session().budget();
        // Enough for the owner's ephemeral, not for a place as well.
        String owner = root + "/workspaces/default/territories/work-on-src-00000000/owner-0123456789abcdef";
        EphemeralBudget.Share room = budget.take(owner);
        for (int size = 4_096; size > 0; size /= 2) {
            take(budget, size, taken);
        }
        room.giveBack();
        CompletableFuture<AllocateResult> asked =
                there.territories(cleo).allocateAsync(claim("src/").waitUpTo(Duration.ofMinutes(5)));
        assertThat(asked.handle((result, failure) -> failure).get(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        BumbaException.class, e -> assertThat(e.code()).isEqualTo(BumbaException.Code.LIMIT));
    }

    private static void take(EphemeralBudget budget, int size, List<EphemeralBudget.Share> taken) {
        while (true) {
            try {
                taken.add(budget.take("x".repeat(size)));
            } catch (BumbaException e) {
                return;
            }
        }
    }

    // ---- heirs
    // -------------------------------------------------------------------------------------------------------

    @Test
    void whomAnAgentSpawnsWhileItWaitsWorksInsideWhatItGets() throws Exception {
        TerritoryGrant blocking = allocate(there, bob, claim("src/")).orElseThrow();
        CompletableFuture<AllocateResult> waiting =
                here.territories(ada).allocateAsync(claim("src/").waitUpTo(Duration.ofSeconds(60)));
        await().until(() -> requests().size() == 1);
        Agent child = here.register(AgentSpec.of("Tester", "Child").childOf(ada.id()));
        blocking.close();
        waiting.get(20, TimeUnit.SECONDS).orElseThrow();
        here.locks(child).acquire(LOGIN, NOW).orElseThrow().close();
    }

    @Test
    void spawnedAgentsThatHaveEndedAreAdmittedNoMore() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/")).orElseThrow();
        Agent child = here.register(AgentSpec.of("Tester", "Child").childOf(ada.id()));
        assertThat(data(node(mine))).contains(child.id().value());
        child.close();
        await().atMost(SOON).untilAsserted(() -> assertThat(data(node(mine)))
                .doesNotContain(child.id().value()));
    }

    @Test
    void whoIsSpawnedDuringARevocationIsKeptOutByName() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/")).orElseThrow();
        there.warden().revoke(mine.id(), "root", "needed elsewhere", Duration.ofSeconds(60));
        await().until(() -> mine.isValid() && data(node(mine)).contains("revocation"));
        Agent child = here.register(AgentSpec.of("Tester", "Child").childOf(ada.id()));
        assertThat(here.locks(child).acquire(LOGIN, NOW).message()).contains(mine.id());
        here.locks(child).acquire(README, NOW).orElseThrow().close();
    }

    @Test
    void whoHasATerritoryInsideCanWorkInItOrIsToldThatItIsLostWhenItIsHandedOver() throws Exception {
        TerritoryGrant outer = allocate(here, ada, claim("src/")).orElseThrow();
        done(outer.admit(List.of(bob.id()))).orElseThrow();
        TerritoryGrant inner =
                allocate(there, bob, claim("src/auth/").inside(outer.id())).orElseThrow();
        CompletableFuture<Void> lost = new CompletableFuture<>();
        inner.onLost(Runnable::run, () -> lost.complete(null));
        Agent cleo = agent(here, "Cleo");
        done(outer.offer(cleo.id())).orElseThrow();
        AllocateResult taken = done(here.territories(cleo).accept(outer.id()));
        if (taken.grant().isPresent() && inner.isValid()) {
            awaitAtMost(lost, Duration.ofSeconds(2));
        }
        boolean works = isValid(there.locks(bob).acquire(LOGIN, NOW));
        assertThat(works || lost.isDone()).isTrue();
    }

    @Test
    void whomTheOwnerOfATerritoryInsideAdmitsWorksThere() throws Exception {
        TerritoryGrant outer = allocate(here, ada, claim("src/")).orElseThrow();
        done(outer.admit(List.of(bob.id()))).orElseThrow();
        allocate(there, bob, claim("src/auth/").inside(outer.id())).orElseThrow();
        Agent grandchild = there.register(AgentSpec.of("Tester", "Grandchild").childOf(bob.id()));
        there.locks(grandchild).acquire(LOGIN, NOW).orElseThrow().close();
    }

    // ---- rules
    // -------------------------------------------------------------------------------------------------------

    @Test
    void thePolicyHoldsForWhoeverTakesATerritoryOver() throws Exception {
        here.warden()
                .writePolicy(new Policy(
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of(new Policy.Area("keys", PathPatterns.of("keys/"), Set.of("keys"), null))));
        Agent keeper = here.register(AgentSpec.of("Tester", "Keeper").withCapabilities("keys"));
        assertThat(allocate(there, bob, claim("keys/"))).isInstanceOf(AllocateResult.Rejected.class);
        TerritoryGrant keys = allocate(here, keeper, claim("keys/")).orElseThrow();
        done(keys.offer(bob.id())).orElseThrow();
        assertThat(done(there.territories(bob).accept(keys.id()))).isInstanceOf(AllocateResult.Rejected.class);
        assertThat(keys.isValid()).isTrue();
    }

    // ---- wrong words
    // -------------------------------------------------------------------------------------------------

    @Test
    void aSessionThatEndsDuringAChangeIsALossAndNotAFailure() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba away = through(proxy, Duration.ofSeconds(3));
        Agent cleo = agent(away, "Cleo");
        TerritoryGrant mine = away.territories(cleo).allocate(claim("src/")).orElseThrow();
        proxy.refuse();
        CompletableFuture<AllocateResult> resized =
                mine.resize(PathPatterns.of("docs/")).toCompletableFuture();
        CompletableFuture<AllocateResult> taken = away.territories(cleo).accept(mine.id());
        await().atMost(Duration.ofSeconds(20)).until(() -> resized.isDone() && taken.isDone());
        proxy.pass();
        assertThat(resized.handle((result, failure) -> String.valueOf(result)).get())
                .startsWith("Lost");
        assertThat(taken.handle((result, failure) -> String.valueOf(result)).get())
                .startsWith("Lost");
    }

    @Test
    void aResizeThatOthersTookBackIsNotTheLossOfTheTerritory() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba away = through(proxy, SESSION);
        Agent cleo = agent(away, "Cleo");
        TerritoryGrant mine = away.territories(cleo).allocate(claim("docs/")).orElseThrow();
        CountDownLatch letGo = new CountDownLatch(1);
        Fault held = proxy.beforeReply(TerritoryAttackTest::listsLocks, () -> hold(letGo));
        CompletableFuture<AllocateResult> growing =
                mine.resize(PathPatterns.of("docs/", "src/")).toCompletableFuture();
        await().until(() -> data(node(mine)).contains("pending"));
        // It is met, and taken back in the end.
        there.locks(bob).acquire(LOGIN, PATIENT).orElseThrow().close();
        letGo.countDown();
        held.await(SOON);
        AllocateResult answer = growing.get(20, TimeUnit.SECONDS);
        assertThat(mine.isValid()).isTrue();
        assertThat(answer).isNotInstanceOf(AllocateResult.Lost.class);
    }

    private static void hold(CountDownLatch until) {
        try {
            if (!until.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let go");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSecondRevocationMayLeaveLessTime() throws Exception {
        TerritoryGrant mine =
                allocate(here, ada, claim("src/").withLocalGrants()).orElseThrow();
        there.warden().revoke(mine.id(), "root", "needed elsewhere", Duration.ofMinutes(10));
        await().until(() -> data(node(mine)).contains("needed elsewhere"));
        there.warden().revoke(mine.id(), "root", "needed now", Duration.ZERO);
        await().atMost(Duration.ofSeconds(8)).until(() -> territories().isEmpty());
    }

    @Test
    void noControlCharacterOfAnIdComesBackInAMessage() throws Exception {
        String hostile = "x\n2026 INFO granted\u001b[31m";
        assertThat(allocate(here, ada, claim("src/").inside(hostile)).message()).doesNotContain("\n", "\u001b");
        assertThat(done(here.territories(ada).accept(hostile)).message()).doesNotContain("\n", "\u001b");
    }

    @Test
    void whatIsAskedForIsAnsweredWhenTheConnectionIsClosed() throws Exception {
        allocate(here, ada, claim("src/")).orElseThrow();
        CompletableFuture<AllocateResult> waiting =
                there.territories(bob).allocateAsync(claim("src/").waitUpTo(Duration.ofMinutes(5)));
        await().until(() -> requests().size() == 1);
        there.close();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isInstanceOf(AllocateResult.Lost.class);
        assertThat(requests()).isEmpty();
    }

    @Test
    void aStepThatThrowsGivesItsTurnBack() throws Exception {
        CuratorFramework client =
                keep(CuratorFrameworkFactory.newClient(server.connectString(), 5_000, 5_000, new RetryNTimes(2, 100)));
        client.start();
        LedgerTurn turn = keep(new LedgerTurn(client, root + "/turn"));
        CompletableFuture<String> thrown = turn.take(() -> {
            throw new IllegalStateException("too large");
        });
        assertThat(thrown.handle((value, failure) -> Async.cause(failure)).get(20, TimeUnit.SECONDS))
                .hasMessage("too large");
        await().atMost(SOON)
                .until(() -> server.children(root).contains("turn")
                        && server.children(root + "/turn").isEmpty());
    }
}
