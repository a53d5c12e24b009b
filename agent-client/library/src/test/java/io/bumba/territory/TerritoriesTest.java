package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockResult;
import io.bumba.path.PathPatterns;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
}
