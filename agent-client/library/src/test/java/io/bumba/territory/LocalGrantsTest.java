package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.FencingToken;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockResult;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.PathPatterns;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import io.bumba.testkit.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalGrantsTest extends TerritoryFixture {
    private final Bumba here = connect();
    private final Bumba there = connect();
    private final Agent ada = agent(here, "Ada");
    private final Agent bob = agent(there, "Bob");
    private final FileLocks locks = here.locks(ada);

    private TerritoryGrant local(String... patterns) throws InterruptedException {
        return here.territories(ada).allocate(claim(patterns).withLocalGrants()).orElseThrow();
    }

    private List<String> contenders(RepoPath path) {
        return server.children(root + "/workspaces/default/locks/" + path.value() + "@lock");
    }

    @Test
    void inTheOwnTerritoryLocksCostNoContenderAndTokensRise() throws Exception {
        LockGrant before = locks.acquire(LOGIN, NOW).orElseThrow();
        before.close();
        TerritoryGrant territory = local("src/");
        LockGrant first = locks.acquire(LOGIN, NOW).orElseThrow();
        assertThat(first.isValid()).isTrue();
        assertThat(first.token()).isGreaterThan(before.token());
        assertThat(first.token().count()).isPositive();
        assertThat(contenders(LOGIN)).isEmpty();
        assertThat(locks.held()).containsExactly(LOGIN);
        LockGrant nested = locks.acquire(LOGIN, NOW).orElseThrow();
        assertThat(nested.token()).isEqualTo(first.token());
        assertThat(nested.release()).isEqualTo(ReleaseResult.STILL_HELD);
        assertThat(first.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(first.release()).isEqualTo(ReleaseResult.ALREADY_RELEASED);
        LockGrant second = locks.acquire(LOGIN, NOW.shared()).orElseThrow();
        assertThat(second.token()).isGreaterThan(first.token());
        LockGrant third = locks.acquire(LOGIN, NOW).orElseThrow();
        assertThat(second.mode()).isEqualTo(LockMode.EXCLUSIVE);
        FencingToken last = third.token();
        assertThat(last).isGreaterThan(first.token());
        third.close();
        second.close();
        assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.TerritoryForbids.class);
        territory.close();
        assertThat(locks.acquire(LOGIN, NOW).orElseThrow().token()).isGreaterThan(last);
    }

    @Test
    void lockAllAndRequestIdsWorkInside() throws Exception {
        local("src/");
        PathSet both = PathSet.of(LOGIN, RepoPath.of("src/b.js"), README);
        locks.lockAll(both, NOW).orElseThrow().close();
        LockGrant first = locks.acquire(LOGIN, NOW.asRequest("r1")).orElseThrow();
        LockGrant again = locks.acquire(LOGIN, NOW.asRequest("r1")).orElseThrow();
        assertThat(again).isSameAs(first);
        first.close();
        assertThat(locks.held()).isEmpty();
        assertThat(locks.acquire(LOGIN, NOW.asRequest("r1"))).isInstanceOf(LockResult.Lost.class);
    }

    @Test
    void aChangeTurnsWhatIsHeldIntoRealLocks() throws Exception {
        TerritoryGrant territory = local("src/");
        LockGrant held = locks.acquire(LOGIN, NOW).orElseThrow();
        var before = held.token();
        territory
                .resize(PathPatterns.of("src/auth/"))
                .toCompletableFuture()
                .get()
                .orElseThrow();
        assertThat(contenders(LOGIN)).hasSize(1);
        assertThat(held.isValid()).isTrue();
        assertThat(held.token()).isGreaterThan(before);
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(contenders(LOGIN)).isEmpty();
        LockGrant next = locks.acquire(LOGIN, NOW).orElseThrow();
        assertThat(contenders(LOGIN)).isEmpty();
        assertThat(next.token()).isGreaterThan(held.token());
        there.locks(bob).acquire(RepoPath.of("src/free.js"), NOW).orElseThrow().close();
        territory.admit(List.of(bob.id())).toCompletableFuture().get().orElseThrow();
        assertThat(territory.isLocal()).isFalse();
        assertThat(there.locks(bob).acquire(LOGIN, NOW)).isInstanceOf(LockResult.Held.class);
        next.close();
        there.locks(bob).acquire(LOGIN, NOW).orElseThrow().close();
    }

    @Test
    void withoutAConnectionNothingIsGrantedAndWithTheSessionAllIsLost() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = through(proxy, Duration.ofSeconds(3));
        Agent cleo = agent(bumba, "Cleo");
        bumba.territories(cleo).allocate(claim("lib/").withLocalGrants()).orElseThrow();
        RepoPath path = RepoPath.of("lib/a.js");
        LockGrant held = bumba.locks(cleo).acquire(path, NOW).orElseThrow();
        CompletableFuture<Void> lost = new CompletableFuture<>();
        held.onLost(Runnable::run, () -> lost.complete(null));
        proxy.refuse();
        await().atMost(SOON).until(() -> !held.isValid());
        CompletableFuture<LockResult> asked = bumba.locks(cleo).acquireAsync(RepoPath.of("lib/b.js"), NOW);
        lost.get(20, TimeUnit.SECONDS);
        assertThat(asked.handle((result, failure) ->
                                failure != null || result.grant().isEmpty())
                        .get(20, TimeUnit.SECONDS))
                .isTrue();
        proxy.pass();
        await().atMost(SOON)
                .until(() -> there.locks(bob).acquire(path, NOW).grant().isPresent());
        assertThat(held.release()).isEqualTo(ReleaseResult.LOST);
    }

    @Test
    void theDashboardSeesTheirCounts() throws Exception {
        TerritoryGrant territory = local("src/");
        LockGrant held = locks.acquire(LOGIN, NOW).orElseThrow();
        await().atMost(SOON).until(() -> there.territoryTable()
                .find(territory.id())
                .flatMap(TerritoryView::localCounts)
                .filter(counts -> counts.held() == 1 && counts.granted() == 1)
                .isPresent());
        held.close();
    }
}
