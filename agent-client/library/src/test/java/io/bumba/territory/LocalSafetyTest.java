package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Eight threads of an owner take files from memory, and another agent asks for the same files all the time, while the
 * territory changes: whatever both held is judged by its times and tokens.
 */
@Timeout(120)
class LocalSafetyTest extends TerritoryFixture {
    private static final RepoPath OTHER = RepoPath.of("src/b.js");
    private static final List<RepoPath> FILES = List.of(LOGIN, OTHER, RepoPath.of("src/c.js"));
    private static final String ADA = "Ada";
    private static final String BOB = "Bob";

    private final Bumba here = connect();
    private final Bumba there = connect();
    private final Agent ada = agent(here, ADA);
    private final Agent bob = agent(there, BOB);
    private final FileLocks adas = here.locks(ada);
    private final FileLocks bobs = there.locks(bob);
    private final GrantHistory history = new GrantHistory();

    private TerritoryGrant local(String... patterns) throws InterruptedException {
        return here.territories(ada).allocate(claim(patterns).withLocalGrants()).orElseThrow();
    }

    private Looper ownerLoops() {
        Looper looper = keep(new Looper(history, ADA, adas, NOW, 8, FILES));
        awaitMoreFromMemory(ADA);
        return looper;
    }

    private Looper otherLoops() {
        return keep(new Looper(history, BOB, bobs, NOW, 2, FILES));
    }

    private void awaitMoreFromMemory(String agent) {
        long before = fromMemory(agent);
        await().atMost(SOON).until(() -> fromMemory(agent) > before + 50);
    }

    private long fromMemory(String agent) {
        return history.of(agent).stream()
                .filter(entry -> entry.token().count() > 0)
                .count();
    }

    private void awaitMore(String agent, RepoPath path) {
        long before = history.count(agent, path.value());
        await().atMost(SOON).until(() -> history.count(agent, path.value()) > before + 3);
    }

    private static void awaitDone(
            java.util.function.Supplier<java.util.concurrent.CompletionStage<AllocateResult>> change) {
        await().atMost(SOON).until(() -> change.get()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .grant()
                .isPresent());
    }

    @Test
    void aFileLeftOutsideByAResizeIsTheOtherAgentsAndComesBack() throws Exception {
        TerritoryGrant territory = local("src/");
        try (Looper owner = ownerLoops();
                Looper other = otherLoops()) {
            for (int i = 0; i < 2; i++) {
                awaitDone(() -> territory.resize(PathPatterns.of("src/b.js", "src/c.js")));
                awaitMore(BOB, LOGIN);
                awaitMoreFromMemory(ADA);
                awaitDone(() -> territory.resize(PathPatterns.of("src/")));
                awaitMoreFromMemory(ADA);
            }
        }
        history.assertSafe();
        assertThat(history.count(BOB, OTHER.value())).isZero();
    }

    @Test
    void anAdmittedAgentAndTheOwnerExcludeEachOther() throws Exception {
        TerritoryGrant territory = local("src/");
        try (Looper owner = ownerLoops();
                Looper other = otherLoops()) {
            for (int i = 0; i < 2; i++) {
                awaitDone(() -> territory.admit(List.of(bob.id())));
                assertThat(territory.isLocal()).isFalse();
                awaitMore(BOB, LOGIN);
                awaitDone(() -> territory.dismiss(List.of(bob.id())));
                awaitDone(() -> territory.local(true));
                awaitMoreFromMemory(ADA);
            }
        }
        history.assertSafe();
    }

    @Test
    void switchingOffAndOnLosesNothing() throws Exception {
        TerritoryGrant territory = local("src/");
        LockGrant held = adas.acquire(RepoPath.of("src/held.js"), NOW).orElseThrow();
        try (Looper owner = ownerLoops();
                Looper other = otherLoops()) {
            for (int i = 0; i < 3; i++) {
                awaitDone(() -> territory.local(false));
                awaitMore(ADA, LOGIN);
                awaitDone(() -> territory.local(true));
                awaitMoreFromMemory(ADA);
            }
        }
        assertThat(held.isValid()).isTrue();
        history.assertSafe();
    }

    @Test
    void whoTakesItOverGetsItWithoutASecondHolder() throws Exception {
        TerritoryGrant territory = local("src/");
        TerritoryGrant theirs;
        try (Looper owner = ownerLoops();
                Looper other = otherLoops()) {
            awaitDone(() -> territory.offer(bob.id()));
            awaitDone(() -> there.territories(bob).accept(territory.id()));
            theirs = there.territories(bob).held().get(0);
            awaitMore(BOB, LOGIN);
            awaitDone(() -> theirs.local(true));
            awaitMoreFromMemory(BOB);
        }
        history.assertSafe();
        assertThat(territory.isValid()).isFalse();
    }

    @Test
    void whatIsHeldWhenItIsReleasedStaysAndTheNextOwnerWaitsForIt() throws Exception {
        TerritoryGrant territory = local("src/");
        LockGrant held = adas.acquire(LOGIN, NOW).orElseThrow();
        CompletableFuture<AllocateResult> next = there.territories(bob)
                .allocateAsync(claim("src/").withLocalGrants().waitUpTo(Duration.ofSeconds(60)));
        try (Looper owner = ownerLoops()) {
            assertThat(territory.release()).isTrue();
        }
        assertThat(held.isValid()).isTrue();
        history.watch(ADA, held, 100);
        held.close();
        next.get(30, TimeUnit.SECONDS).orElseThrow();
        LockGrant theirs = bobs.acquire(LOGIN, NOW).orElseThrow();
        history.watch(BOB, theirs, 100);
        assertThat(theirs.token()).isGreaterThan(held.token());
        history.assertSafe();
    }

    @Test
    void aRevokedOwnerFinishesInItsGraceAndTheNextOneHasLargerTokens() throws Exception {
        TerritoryGrant territory = local("src/");
        CompletableFuture<AllocateResult> next = there.territories(bob)
                .allocateAsync(claim("src/").withLocalGrants().waitUpTo(Duration.ofSeconds(60)));
        try (Looper owner = ownerLoops();
                Looper other = otherLoops()) {
            assertThat(there.warden().revoke(territory.id(), "root", "needed", Duration.ofSeconds(1)))
                    .isInstanceOf(RevokeResult.Told.class);
            next.get(60, TimeUnit.SECONDS).orElseThrow();
            awaitMoreFromMemory(BOB);
        }
        history.assertSafe();
        assertThat(territory.isValid()).isFalse();
    }

    @Test
    void anAgentThatEndsHoldsNothing() throws Exception {
        local("src/");
        LockGrant held = adas.acquire(LOGIN, NOW).orElseThrow();
        CompletableFuture<Void> lost = new CompletableFuture<>();
        held.onLost(Runnable::run, () -> lost.complete(null));
        CompletableFuture<AllocateResult> next = there.territories(bob)
                .allocateAsync(claim("src/").withLocalGrants().waitUpTo(Duration.ofSeconds(60)));
        Looper owner = ownerLoops();
        Looper other = otherLoops();
        ada.close();
        lost.get(20, TimeUnit.SECONDS);
        assertThat(held.isValid()).isFalse();
        next.get(60, TimeUnit.SECONDS).orElseThrow();
        awaitMoreFromMemory(BOB);
        owner.close();
        other.close();
        history.assertSafe();
    }
}
