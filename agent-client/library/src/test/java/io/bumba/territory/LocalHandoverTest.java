package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.LockGrant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Where local grants begin beside others who are, or are about to be, inside. */
class LocalHandoverTest extends TerritoryFixture {
    private final Bumba here = connect();
    private final Bumba there = connect();
    private final Agent ada = agent(here, "Ada");
    private final Agent bob = agent(there, "Bob");

    @Test
    void whatADismissedAgentStillHoldsKeepsLocalGrantsOff() throws Exception {
        TerritoryGrant territory = here.territories(ada).allocate(claim("src/")).orElseThrow();
        territory.admit(List.of(bob.id())).toCompletableFuture().get().orElseThrow();
        LockGrant theirs = there.locks(bob).acquire(LOGIN, NOW).orElseThrow();
        territory.dismiss(List.of(bob.id())).toCompletableFuture().get().orElseThrow();
        AllocateResult refused = territory.local(true).toCompletableFuture().get();
        assertThat(refused).isInstanceOf(AllocateResult.Rejected.class);
        assertThat(refused.message()).contains(bob.id().value(), LOGIN.value());
        assertThat(theirs.isValid()).isTrue();
        assertThat(here.locks(ada).acquire(LOGIN, NOW).grant()).isEmpty();
        theirs.close();
        territory.local(true).toCompletableFuture().get().orElseThrow();
        LockGrant mine = here.locks(ada).acquire(LOGIN, NOW).orElseThrow();
        assertThat(mine.token()).isGreaterThan(theirs.token());
        assertThat(mine.token().count()).isPositive();
    }

    @Test
    void whoIsAboutToTakeItOverDoesNotGetItWithLocalGrantsOfTheOldOwner() throws Exception {
        TerritoryGrant territory = here.territories(ada).allocate(claim("src/")).orElseThrow();
        LockGrant inTheWay = here.locks(ada).acquire(LOGIN, NOW).orElseThrow();
        territory.offer(bob.id()).toCompletableFuture().get().orElseThrow();
        CompletableFuture<AllocateResult> taking = there.territories(bob).accept(territory.id());
        await().atMost(SOON).until(() -> !there.territoryTable()
                .find(territory.id())
                .orElseThrow()
                .pending()
                .isEmpty());
        AllocateResult on = territory.local(true).toCompletableFuture().get();
        inTheWay.close();
        AllocateResult taken = taking.get(20, TimeUnit.SECONDS);
        assertThat(on.grant().isPresent() && taken.grant().isPresent())
                .as("local grants: %s, hand-over: %s", on.message(), taken.message())
                .isFalse();
    }
}
