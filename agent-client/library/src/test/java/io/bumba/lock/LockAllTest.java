package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many files, all or none. */
class LockAllTest extends LockFixture {
    private static final RepoPath LAST = RepoPath.of("src/c.js");
    private static final PathSet THREE = PathSet.of(LAST, PATH, OTHER, PATH);

    private final Bumba bumba = direct();
    private final FileLocks ada = agent(bumba, "Ada");
    private final FileLocks bob = agent(bumba, "Bob");

    @Test
    void allAreHeldInCanonicalOrderAndGivenBack() throws Exception {
        GrantSet held = ada.lockAll(THREE, PATIENT).orElseThrow();
        assertThat(held.grants()).extracting(LockGrant::path).containsExactly(PATH, OTHER, LAST);
        assertThat(held.grants()).extracting(LockGrant::token).isSorted();
        assertThat(held.isValid()).isTrue();
        assertThat(held.release()).isEmpty();
        assertThat(ada.held()).isEmpty();
        assertThat(held.isValid()).isFalse();
    }

    @Test
    void oneThatIsHeldRefusesAllAndNothingIsLeft() throws Exception {
        LockGrant blocked = bob.acquire(LAST, PATIENT).orElseThrow();
        LockAllResult refused = ada.lockAll(THREE, LockOptions.tryNow());
        assertThat(refused).isInstanceOfSatisfying(LockAllResult.Refused.class, r -> assertThat(r.why())
                .isInstanceOf(LockResult.Held.class));
        assertThat(refused.message()).contains("src/c.js", "Tester-Bob");
        assertThat(refused.grants()).isEmpty();
        assertThatExceptionOfType(LockRefusedException.class).isThrownBy(refused::orElseThrow);
        assertThat(contenders(PATH)).isEmpty();
        assertThat(contenders(OTHER)).isEmpty();
        blocked.close();
    }

    @Test
    void thePatienceIsForAllTogether() throws Exception {
        LockGrant blocked = bob.acquire(LAST, PATIENT).orElseThrow();
        long began = System.nanoTime();
        LockAllResult refused = ada.lockAll(THREE, LockOptions.waitUpTo(Duration.ofMillis(600)));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(600));
        assertThat(refused).isInstanceOfSatisfying(LockAllResult.Refused.class, r -> assertThat(r.why())
                .isInstanceOf(LockResult.TimedOut.class));
        assertThat(ada.held()).isEmpty();
        blocked.close();
    }

    @Test
    void oneThatIsCancelledOrInterruptedLeavesNothing() throws Exception {
        LockGrant blocked = bob.acquire(LAST, PATIENT).orElseThrow();
        CompletableFuture<LockAllResult> cancelled = ada.lockAllAsync(THREE, PATIENT);
        awaitWaiters(bumba, LAST, 1);
        assertThat(ada.held()).containsExactly(PATH, OTHER);
        cancelled.cancel(false);
        await().until(() -> ada.held().isEmpty());
        awaitWaiters(bumba, LAST, 0);

        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<LockAllResult> interrupted = thread.submit(() -> ada.lockAll(THREE, PATIENT));
        awaitWaiters(bumba, LAST, 1);
        interrupted.cancel(true);
        await().until(() -> ada.held().isEmpty());
        awaitWaiters(bumba, LAST, 0);
        thread.shutdown();
        blocked.close();
    }

    @Test
    void anAgentThatEndsInTheMiddleLeavesNothing() throws Exception {
        LockGrant blocked = bob.acquire(LAST, PATIENT).orElseThrow();
        io.bumba.agent.Agent cleo = bumba.register(io.bumba.agent.AgentSpec.of("Tester", "Cleo"));
        CompletableFuture<LockAllResult> asked = bumba.locks(cleo).lockAllAsync(THREE, PATIENT);
        awaitWaiters(bumba, LAST, 1);
        cleo.close();
        assertThat(asked.get(10, TimeUnit.SECONDS)).isInstanceOf(LockAllResult.Refused.class);
        assertThat(contenders(PATH)).isEmpty();
        assertThat(contenders(LAST)).hasSize(1);
        blocked.close();
    }

    @Test
    void aThousandAreTakenAndOneMoreIsRefusedByName() throws Exception {
        List<RepoPath> many = IntStream.range(0, FileLocks.MAX_LOCKS_AT_ONCE)
                .mapToObj(i -> RepoPath.of("d/" + i))
                .toList();
        GrantSet held = ada.lockAll(PathSet.of(many), PATIENT).orElseThrow();
        assertThat(held.grants()).hasSize(1_000);
        // The agent holds them all already: no round trip, and no deep stack.
        GrantSet again = ada.lockAll(PathSet.of(many), PATIENT).orElseThrow();
        assertThat(again.release()).isEmpty();
        assertThat(held.isValid()).isTrue();
        assertThat(held.release()).isEmpty();
        List<RepoPath> more = IntStream.rangeClosed(0, FileLocks.MAX_LOCKS_AT_ONCE)
                .mapToObj(i -> RepoPath.of("d/" + i))
                .toList();
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(() -> ada.lockAll(PathSet.of(more), PATIENT))
                .withMessageContaining("MAX_LOCKS_AT_ONCE")
                .satisfies(e -> assertThat(e.code()).isEqualTo(BumbaException.Code.LIMIT));
    }

    @Test
    void noneIsGrantedAsAnEmptySet() throws Exception {
        assertThat(ada.lockAll(PathSet.of(), PATIENT).orElseThrow().grants()).isEmpty();
    }

    @Test
    void aRequestIdThatWasUsedOtherwiseGivesBackWhatWasTaken() throws Exception {
        LockGrant used = ada.acquire(OTHER, PATIENT.shared().asRequest("r")).orElseThrow();
        assertThatIllegalArgumentException().isThrownBy(() -> ada.lockAll(THREE, PATIENT.asRequest("r")));
        assertThat(ada.held()).containsExactly(OTHER);
        used.close();
    }

    @Test
    void oneOfThemThatWasLostIsNamedAtTheRelease() throws Exception {
        GrantSet held = ada.lockAll(THREE, PATIENT).orElseThrow();
        CompletableFuture<RepoPath> lost = new CompletableFuture<>();
        held.onLost(Runnable::run, lost::complete);
        bumba.breaks().breakLock(BreakRequest.of(OTHER, "olga", "stuck"));
        assertThat(lost.get(10, TimeUnit.SECONDS)).isEqualTo(OTHER);
        assertThat(held.isValid()).isFalse();
        assertThat(held.release()).containsExactly(OTHER);
        held.close();
        GrantSet closed = ada.lockAll(THREE, PATIENT).orElseThrow();
        bumba.breaks().breakLock(BreakRequest.of(OTHER, "olga", "stuck"));
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(closed::close)
                .withMessageContaining("src/b.js");
    }
}
