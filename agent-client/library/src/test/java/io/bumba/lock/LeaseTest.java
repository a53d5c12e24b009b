package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Grants that end by themselves. */
class LeaseTest extends LockFixture {
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration LONG = Duration.ofHours(1);

    private final Bumba bumba = direct();
    private final FileLocks ada = agent(bumba, "Ada");
    private final FileLocks bob = agent(bumba, "Bob");

    @Test
    void aLeasedGrantEndsByItselfAndItsHolderIsToldBeforeAndAtTheEnd() throws Exception {
        CompletableFuture<Boolean> warned = new CompletableFuture<>();
        CompletableFuture<Boolean> lost = new CompletableFuture<>();
        LockGrant grant = ada.acquire(PATH, PATIENT.forAtMost(SHORT)).orElseThrow();
        grant.onLeaseEnding(Runnable::run, () -> warned.complete(grant.isValid()));
        grant.onLost(Runnable::run, () -> lost.complete(grant.isValid()));
        assertThat(grant.leaseLeft())
                .hasValueSatisfying(left -> assertThat(left).isLessThanOrEqualTo(SHORT));
        CompletableFuture<LockResult> next = bob.acquireAsync(PATH, PATIENT);
        assertThat(warned.get(5, TimeUnit.SECONDS))
                .as("told while it still holds")
                .isTrue();
        assertThat(lost.get(5, TimeUnit.SECONDS)).isFalse();
        LockGrant second = next.get(5, TimeUnit.SECONDS).orElseThrow();
        assertThat(grant.release()).isEqualTo(ReleaseResult.LOST);
        LockGrant closed =
                overslept(ada.acquire(OTHER, PATIENT.forAtMost(SHORT)).orElseThrow());
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(closed::close)
                .withMessageContaining("lease");
        second.close();
        assertThat(contenders(PATH)).isEmpty();
    }

    private static LockGrant overslept(LockGrant grant) {
        await().until(() -> !grant.isValid());
        return grant;
    }

    @Test
    void aHolderThatWasPausedFindsItsLeaseOverBeforeAnyTimerRuns() throws Exception {
        // fault 42: the clock's thread has not run yet, as after a long collection
        CompletableFuture<Void> release = new CompletableFuture<>();
        workshop(bumba).clock().execute(release::join);
        LockGrant grant =
                ada.acquire(PATH, LockOptions.tryNow().forAtMost(SHORT)).orElseThrow();
        await().until(() -> !grant.isValid());
        assertThat(contenders(PATH)).as("nobody has deleted it yet").hasSize(1);
        assertThat(grant.release()).isEqualTo(ReleaseResult.LOST);
        release.complete(null);
        await().until(() -> contenders(PATH).isEmpty());
    }

    @Test
    void aRenewedLeaseBeginsAnewAndTheZnodeSaysSo() throws Exception {
        LockGrant grant = ada.acquire(PATH, PATIENT.forAtMost(SHORT)).orElseThrow();
        assertThat(grant.renew(LONG).toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isTrue();
        assertThat(grant.leaseLeft().orElseThrow()).isGreaterThan(Duration.ofMinutes(50));
        assertThat(new String(server.client().getData(contender(PATH), false, null), StandardCharsets.UTF_8))
                .contains("\"leaseMillis\":" + LONG.toMillis());
        assertThat(bumba.lockTable().read().locks().get(0).holders().get(0).lease())
                .isEqualTo(Optional.of(LONG));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> grant.renew(Duration.ZERO))
                .withMessageContaining("MIN_LEASE");
        grant.close();
        assertThat(grant.renew(LONG).toCompletableFuture().get()).isFalse();
        try (LockGrant unleased = ada.acquire(OTHER, PATIENT).orElseThrow()) {
            assertThat(unleased.leaseLeft()).isEmpty();
            assertThatIllegalStateException().isThrownBy(() -> unleased.renew(LONG));
        }
    }

    @Test
    void aGrantInsideAnotherEndsByItsOwnLeaseAndTheOuterOneStays() throws Exception {
        LockGrant outer = ada.acquire(PATH, PATIENT).orElseThrow();
        LockGrant inner = ada.acquire(PATH, PATIENT.forAtMost(SHORT)).orElseThrow();
        CompletableFuture<Void> lost = new CompletableFuture<>();
        AtomicInteger outerLost = new AtomicInteger();
        inner.onLost(Runnable::run, () -> lost.complete(null));
        outer.onLost(Runnable::run, outerLost::incrementAndGet);
        lost.get(5, TimeUnit.SECONDS);
        assertThat(inner.isValid()).isFalse();
        assertThat(inner.release()).isEqualTo(ReleaseResult.LOST);
        assertThat(outer.isValid()).isTrue();
        assertThat(outerLost).hasValue(0);
        assertThat(outer.release()).as("the last count").isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void aGrantInsideALeasedOneEndsWithIt() throws Exception {
        LockGrant outer = ada.acquire(PATH, PATIENT.forAtMost(SHORT)).orElseThrow();
        LockGrant inner = ada.acquire(PATH, PATIENT).orElseThrow();
        assertThat(inner.leaseLeft()).isPresent();
        await().until(() -> !outer.isValid() && !inner.isValid());
        assertThat(inner.release()).isEqualTo(ReleaseResult.LOST);
        await().until(() -> contenders(PATH).isEmpty());
        ada.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
    }

    @Test
    void aLeaseOutOfBoundsIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PATIENT.forAtMost(Duration.ofMillis(99)))
                .withMessageContaining("MIN_LEASE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PATIENT.forAtMost(Duration.ofDays(8)))
                .withMessageContaining("MAX_LEASE");
    }

    @Test
    void whoIsToldOfABreakLearnsByWhomAndWhy() throws Exception {
        LockGrant grant = ada.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<Void> lost = new CompletableFuture<>();
        grant.onLost(Runnable::run, () -> lost.complete(null));
        bumba.breaks().breakLock(BreakRequest.of(PATH, "olga", "stuck since noon"));
        lost.get(10, TimeUnit.SECONDS);
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(grant::close)
                .withMessageContaining("olga")
                .withMessageContaining("stuck since noon");
        LockGrant quick = ada.acquire(PATH, PATIENT).orElseThrow();
        bumba.breaks().breakLock(BreakRequest.of(PATH, "olga", "again"));
        assertThatExceptionOfType(BumbaException.class)
                .as("also when the release comes before the watch")
                .isThrownBy(quick::close)
                .withMessageContaining("again");
    }
}
