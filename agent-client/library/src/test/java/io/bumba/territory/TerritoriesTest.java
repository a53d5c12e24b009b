package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockResult;
import io.bumba.path.CasePolicy;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.zk.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TerritoriesTest extends TerritoryFixture {
    private final Bumba here = connect();
    private final Bumba there = connect();
    private final Agent ada = agent(here, "Ada");
    private final Agent bob = agent(there, "Bob");

    private AllocateResult allocate(Bumba bumba, Agent agent, TerritoryRequest request) throws InterruptedException {
        return bumba.territories(agent).allocate(request);
    }

    @Test
    void anExclusiveTerritoryKeepsOthersOutAndLetsItsOwnerLock() throws Exception {
        TerritoryGrant grant = allocate(here, ada, claim("src/auth/")).orElseThrow();
        assertThat(grant.isValid()).isTrue();
        LockResult refused = there.locks(bob).acquire(LOGIN, NOW);
        assertThat(refused).isInstanceOf(LockResult.TerritoryForbids.class);
        assertThat(refused.message()).contains(grant.id(), ada.id().value(), "EXCLUSIVE", "work on src/auth/");
        here.locks(ada).acquire(LOGIN, NOW).orElseThrow().close();
        there.locks(bob).acquire(README, NOW).orElseThrow().close();
        assertThat(grant.release()).isTrue();
        assertThat(territories()).isEmpty();
        there.locks(bob).acquire(LOGIN, NOW).orElseThrow().close();
    }

    @Test
    void anOverlapIsRefusedWholeWithWhoAndWhatIsFree() throws Exception {
        TerritoryGrant grant = allocate(here, ada, claim("src/auth/**")).orElseThrow();
        AllocateResult refused = allocate(there, bob, claim("docs/", "src/*/login.js"));
        assertThat(refused).isInstanceOfSatisfying(AllocateResult.Conflicting.class, conflict -> {
            assertThat(conflict.conflicts()).singleElement().satisfies(c -> {
                assertThat(c.agent()).isEqualTo(ada.id().value());
                assertThat(c.what()).isEqualTo(grant.id());
                assertThat(c.mine()).isEqualTo("src/*/login.js");
                assertThat(c.theirs()).isEqualTo("src/auth/**");
            });
            assertThat(conflict.free()).hasSize(1);
        });
        assertThat(territories()).containsExactly(grant.id());
    }

    @Test
    void whoGivesUpWaitingLearnsItsPlaceAndLeavesNone() throws Exception {
        TerritoryGrant grant = allocate(here, ada, claim("src/")).orElseThrow();
        CompletableFuture<AllocateResult> first = waitFor(there, bob, "src/a/");
        await().until(() ->
                server.children(root + "/workspaces/default/requests").size() == 1);
        AllocateResult gaveUp =
                allocate(there, agent(there, "Cleo"), claim("src/b/").waitUpTo(Duration.ofSeconds(2)));
        assertThat(gaveUp).isInstanceOfSatisfying(AllocateResult.Conflicting.class, conflict -> {
            assertThat(conflict.waited()).isTrue();
            assertThat(conflict.place()).isEqualTo(2);
            assertThat(conflict.conflicts().get(0).what()).isEqualTo(grant.id());
        });
        await().until(() ->
                server.children(root + "/workspaces/default/requests").size() == 1);
        grant.close();
        first.get(20, TimeUnit.SECONDS).orElseThrow();
    }

    @Test
    void aLockOfAnotherIsInTheWayUntilItIsReleased() throws Exception {
        LockGrant lock = there.locks(bob).acquire(LOGIN, NOW).orElseThrow();
        AllocateResult refused = allocate(here, ada, claim("src/"));
        assertThat(refused.message()).contains(bob.id().value(), "src/auth/login.js");
        assertThat(territories()).isEmpty();
        CompletableFuture<AllocateResult> waiting =
                here.territories(ada).allocateAsync(claim("src/").waitUpTo(Duration.ofSeconds(60)));
        lock.close();
        TerritoryGrant grant = waiting.get(20, TimeUnit.SECONDS).orElseThrow();
        assertThat(grant.patterns()).isEqualTo(PathPatterns.of("src/"));
    }

    @Test
    void whoWaitsGetsItWhenTheOwnerReleasesOrEnds() throws Exception {
        TerritoryGrant first = allocate(here, ada, claim("src/")).orElseThrow();
        CompletableFuture<AllocateResult> waiting =
                there.territories(bob).allocateAsync(claim("src/auth/").waitUpTo(Duration.ofSeconds(60)));
        first.close();
        TerritoryGrant second = waiting.get(20, TimeUnit.SECONDS).orElseThrow();
        CompletableFuture<AllocateResult> third =
                here.territories(ada).allocateAsync(claim("src/**").waitUpTo(Duration.ofSeconds(60)));
        there.close();
        third.get(20, TimeUnit.SECONDS).orElseThrow();
        assertThat(second.isValid()).isFalse();
        assertThat(server.children(root + "/workspaces/default/requests")).isEmpty();
    }

    private CompletableFuture<AllocateResult> waitFor(Bumba bumba, Agent agent, String pattern) {
        return bumba.territories(agent).allocateAsync(claim(pattern).waitUpTo(Duration.ofSeconds(60)));
    }

    /** Of two that wait for each other one gives up, and the other gets what it waits for. */
    private static void oneGivesUp(
            CompletableFuture<AllocateResult> first, Runnable firstLetsGo, CompletableFuture<?> second)
            throws Exception {
        AllocateResult gaveUp = first.get(20, TimeUnit.SECONDS);
        assertThat(gaveUp).isInstanceOf(AllocateResult.Deadlock.class);
        assertThat(second).isNotDone();
        firstLetsGo.run();
        assertThat(second.get(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void ofTwoThatWaitForEachOthersTerritoriesTheYoungerGivesUp() throws Exception {
        allocate(here, ada, claim("src/")).orElseThrow();
        TerritoryGrant docs = allocate(there, bob, claim("docs/")).orElseThrow();
        CompletableFuture<AllocateResult> older = waitFor(here, ada, "docs/a.md");
        await().until(() ->
                server.children(root + "/workspaces/default/requests").size() == 1);
        CompletableFuture<AllocateResult> younger = waitFor(there, bob, "src/b/");
        oneGivesUp(younger, docs::release, older);
    }

    @Test
    void aCircleOverALockAndATerritoryIsFound() throws Exception {
        LockGrant lock = there.locks(bob).acquire(LOGIN, NOW).orElseThrow();
        LockGrant other = here.locks(ada).acquire(README, NOW).orElseThrow();
        CompletableFuture<LockResult> waiting = there.locks(bob).acquireAsync(README, PATIENT);
        await().until(() -> !server.children(
                        root + "/workspaces/default/waits/" + bob.id().value())
                .isEmpty());
        CompletableFuture<AllocateResult> younger = waitFor(here, ada, "src/");
        oneGivesUp(younger, other::release, waiting);
        lock.close();
        assertThat(server.children(root + "/workspaces/default/requests")).isEmpty();
        assertThat(territories()).isEmpty();
    }

    @Test
    void aTerritoryGrowsAndShrinksWholeOrNotAtAll() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/auth/")).orElseThrow();
        allocate(there, bob, claim("docs/")).orElseThrow();
        AllocateResult refused = mine.resize(PathPatterns.of("src/", "docs/a.md"))
                .toCompletableFuture()
                .get();
        assertThat(refused.message()).contains(bob.id().value(), "docs/");
        assertThat(mine.patterns()).isEqualTo(PathPatterns.of("src/auth/"));
        there.locks(bob).acquire(RepoPath.of("src/x.js"), NOW).orElseThrow().close();
        mine.resize(PathPatterns.of("src/x.js", "lib/"))
                .toCompletableFuture()
                .get()
                .orElseThrow();
        assertThat(there.locks(bob).acquire(RepoPath.of("lib/y.js"), NOW))
                .isInstanceOf(LockResult.TerritoryForbids.class);
        there.locks(bob).acquire(LOGIN, NOW).orElseThrow().close();
        assertThat(server.children(root + "/workspaces/default/territories/" + mine.id() + "/claims"))
                .containsExactlyInAnyOrder("src:x.js", "lib:**");
        assertThat(mine.release()).isTrue();
        there.locks(bob).acquire(RepoPath.of("lib/y.js"), NOW).orElseThrow().close();
    }

    @Test
    void nobodyLocksWhatIsBeingTaken() throws Exception {
        LockGrant lock = there.locks(bob).acquire(LOGIN, NOW).orElseThrow();
        TerritoryGrant mine = allocate(here, ada, claim("docs/")).orElseThrow();
        CompletableFuture<AllocateResult> growing =
                mine.resize(PathPatterns.of("docs/", "src/")).toCompletableFuture();
        String node = root + "/workspaces/default/territories/" + mine.id();
        await().until(() ->
                new String(server.client().getData(node, false, null), StandardCharsets.UTF_8).contains("pending"));
        CompletableFuture<LockResult> newcomer =
                there.locks(agent(there, "Cleo")).acquireAsync(RepoPath.of("src/other.js"), NOW);
        assertThat(newcomer).isNotDone();
        lock.close();
        growing.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(newcomer.get(10, TimeUnit.SECONDS)).isInstanceOf(LockResult.TerritoryForbids.class);
    }

    @Test
    void aTerritoryPassesFromHandToHandWithoutAGap() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/")).orElseThrow();
        assertThat(there.territories(bob).accept(mine.id()).get()).isInstanceOf(AllocateResult.Rejected.class);
        mine.offer(bob.id()).toCompletableFuture().get().orElseThrow();
        CompletableFuture<Void> lost = new CompletableFuture<>();
        mine.onLost(Runnable::run, () -> lost.complete(null));
        TerritoryGrant theirs = there.territories(bob).accept(mine.id()).get().orElseThrow();
        lost.get(10, TimeUnit.SECONDS);
        assertThat(mine.release()).isFalse();
        assertThat(theirs.patterns()).isEqualTo(PathPatterns.of("src/"));
        assertThat(here.locks(ada).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
        there.locks(bob).acquire(LOGIN, NOW).orElseThrow().close();
    }

    @Test
    void aChildWorksInsideItsParentsTerritory() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/")).orElseThrow();
        assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
        mine.admit(List.of(bob.id())).toCompletableFuture().get().orElseThrow();
        LockGrant inside = there.locks(bob).acquire(LOGIN, NOW).orElseThrow();
        assertThat(here.locks(ada).acquire(LOGIN, NOW)).isInstanceOf(LockResult.Held.class);
        assertThat(allocate(there, bob, claim("src/auth/"))).isInstanceOf(AllocateResult.Conflicting.class);
        assertThat(allocate(there, bob, claim("docs/").inside(mine.id()))).isInstanceOf(AllocateResult.Rejected.class);
        TerritoryGrant part =
                allocate(there, bob, claim("src/auth/").inside(mine.id())).orElseThrow();
        inside.close();
        assertThat(here.locks(ada).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
        CompletableFuture<Void> lost = new CompletableFuture<>();
        part.onLost(Runnable::run, () -> lost.complete(null));
        mine.close();
        lost.get(10, TimeUnit.SECONDS);
        assertThat(territories()).isEmpty();
    }

    @Test
    void whomAnAgentSpawnsWorksInsideItsTerritories() throws Exception {
        TerritoryGrant before = allocate(here, ada, claim("src/")).orElseThrow();
        Agent child = here.register(AgentSpec.of("Tester", "Child").childOf(ada.id()));
        here.locks(child).acquire(LOGIN, NOW).orElseThrow().close();
        allocate(here, ada, claim("docs/")).orElseThrow();
        here.locks(child).acquire(RepoPath.of("docs/a.md"), NOW).orElseThrow().close();
        Agent stranger = here.register(AgentSpec.of("Tester", "Stranger").childOf(bob.id()));
        assertThat(here.locks(stranger).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
        before.dismiss(List.of(child.id())).toCompletableFuture().get().orElseThrow();
        assertThat(here.locks(child).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
    }

    @Test
    void nothingIsLeftOutsideItsParentByAResize() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/", "lib/")).orElseThrow();
        TerritoryGrant part = allocate(
                        here, ada, claim("lib/core/").inside(mine.id()).passingOn())
                .orElseThrow();
        assertThat(mine.resize(PathPatterns.of("src/"))
                        .toCompletableFuture()
                        .get()
                        .message())
                .contains("lib/core/**", part.id());
        assertThat(part.resize(PathPatterns.of("docs/")).toCompletableFuture().get())
                .isInstanceOf(AllocateResult.Rejected.class);
        part.close();
        mine.resize(PathPatterns.of("src/")).toCompletableFuture().get().orElseThrow();
    }

    @Test
    void anOrphanIsKeptForItsOwnerAndComesBackByItsSecret() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/").keptFor(Duration.ofMinutes(5)))
                .orElseThrow();
        Secret secret = mine.secret().orElseThrow();
        here.close();
        await().atMost(SOON)
                .until(() -> there.locks(bob).acquire(LOGIN, NOW) instanceof LockResult.TerritoryForbids
                        && there.territoryTable().read().territories().get(0).state() == TerritoryState.ORPHANED);
        Agent again = agent(there, "Ada");
        assertThat(there.territories(again)
                        .resume(mine.id(), new Secret("guess"))
                        .get())
                .isInstanceOf(AllocateResult.Rejected.class);
        TerritoryGrant back =
                there.territories(again).resume(mine.id(), secret).get().orElseThrow();
        assertThat(back.patterns()).isEqualTo(PathPatterns.of("src/"));
        there.locks(again).acquire(LOGIN, NOW).orElseThrow().close();
        assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
    }

    @Test
    void anOrphanIsFreeWhenItsGraceIsOver() throws Exception {
        allocate(here, ada, claim("src/").keptFor(Duration.ofMillis(500))).orElseThrow();
        here.close();
        await().atMost(SOON)
                .until(() -> there.locks(bob).acquire(LOGIN, NOW).grant().isPresent());
        assertThat(territories()).isEmpty();
    }

    @Test
    void anOperatorRevokesAndTheOwnerHasTimeToFinish() throws Exception {
        TerritoryGrant mine = allocate(here, ada, claim("src/")).orElseThrow();
        CompletableFuture<Revocation> told = new CompletableFuture<>();
        CompletableFuture<Void> lost = new CompletableFuture<>();
        mine.onRevoked(Runnable::run, told::complete);
        mine.onLost(Runnable::run, () -> lost.complete(null));
        assertThat(there.warden().revoke(mine.id(), "root", "needed elsewhere", Duration.ofSeconds(60)))
                .isInstanceOf(RevokeResult.Told.class);
        assertThat(told.get(10, TimeUnit.SECONDS).reason()).isEqualTo("needed elsewhere");
        assertThat(mine.isValid()).isTrue();
        assertThat(there.warden().revoke(mine.id(), "root", "at once", Duration.ZERO))
                .isInstanceOf(RevokeResult.Ended.class);
        lost.get(10, TimeUnit.SECONDS);
        assertThat(there.warden().revoke(mine.id(), "root", "again", Duration.ZERO))
                .isInstanceOf(RevokeResult.NotFound.class);
    }

    @Test
    void aThousandPatternsFitAndTheRestIsRefusedByName() throws Exception {
        List<String> thousand = IntStream.range(0, 1_000)
                .mapToObj(i -> "dir" + i % 10 + "/file-" + i + ".js")
                .toList();
        TerritoryGrant grant = allocate(
                        here, ada, TerritoryRequest.of("many", PathPatterns.of(thousand, CasePolicy.SENSITIVE)))
                .orElseThrow();
        assertThat(there.locks(bob).acquire(RepoPath.of("dir7/file-777.js"), NOW))
                .isInstanceOf(LockResult.TerritoryForbids.class);
        assertThat(grant.release()).isTrue();
        List<String> more = IntStream.range(0, 1_001).mapToObj(i -> "f" + i).toList();
        assertThatThrownBy(() -> PathPatterns.of(more, CasePolicy.SENSITIVE)).hasMessageContaining("MAX_PATTERNS");
        assertThat(allocate(here, ada, claim("**"))).isInstanceOf(AllocateResult.Rejected.class);
        here.locks(ada).acquire(README, NOW).orElseThrow().close();
    }

    @Test
    void sharedIsReadByAllAndWrittenByNobodyAndMonitoredIsRecorded() throws Exception {
        TerritoryGrant shared =
                allocate(here, ada, claim("src/").ofType(TerritoryType.SHARED)).orElseThrow();
        assertThat(here.locks(ada).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
        there.locks(bob).acquire(LOGIN, NOW.shared()).orElseThrow().close();
        TerritoryGrant monitored = allocate(
                        there, bob, claim("src/auth/", "docs/").ofType(TerritoryType.MONITORED))
                .orElseThrow();
        here.locks(ada).acquire(RepoPath.of("docs/a.md"), NOW).orElseThrow().close();
        assertThat(server.children(root + "/workspaces/default/accesses/" + monitored.id()))
                .hasSize(1);
        assertThat(allocate(there, bob, claim("docs/a.md"))).isInstanceOf(AllocateResult.Conflicting.class);
        assertThat(shared.release()).isTrue();
    }
}
