package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockRefusedException;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SessionLocksTest {
    private final FakeLocker locker = new FakeLocker();
    private final List<Loss> told = new ArrayList<>();
    private final SessionLocks locks = new SessionLocks(
            locker, InstantSource.system(), Runnable::run, path -> new Loss(path, "broken by Eve"), told::add);

    @Test
    void aFileIsHeldOnceHoweverOftenItIsLocked() {
        assertThat(lock("a").items().get(0).already()).isFalse();
        assertThat(lock("a", "a").items().get(0).already()).isTrue();
        assertThat(locker.count("a")).isEqualTo(1);
        assertThat(locks.unlock(paths("a")).join()).hasSize(1);
        assertThat(locker.count("a")).isZero();
        assertThat(locks.held()).isEmpty();
    }

    @Test
    void aSharedLockDoesNotReplaceAnExclusiveOneAndAnExclusiveOneReplacesAShared() {
        lock("a");
        assertThat(locks.lock(paths("a"), LockOptions.tryNow().shared())
                        .join()
                        .items()
                        .get(0)
                        .mode())
                .isEqualTo(LockMode.EXCLUSIVE);
        locks.lock(paths("b"), LockOptions.tryNow().shared()).join();
        assertThat(lock("b").items().get(0).mode()).isEqualTo(LockMode.EXCLUSIVE);
        assertThat(locker.count("a")).isEqualTo(1);
        assertThat(locker.count("b")).isEqualTo(1);
    }

    @Test
    void aRefusalLeavesWhatWasHeldBeforeAndNothingElse() {
        lock("a");
        locker.busy.add("c");
        assertThatThrownBy(() -> lock("a", "b", "c")).hasCauseInstanceOf(LockRefusedException.class);
        assertThat(locker.count("a")).isEqualTo(1);
        assertThat(locker.count("b")).isZero();
        assertThat(locks.held()).hasSize(1);
    }

    @Test
    void whatIsNotHeldCannotBeUnlockedAndNothingIs() {
        lock("a");
        assertCode(locks.unlock(paths("a", "b")), ExitCode.NOT_HELD);
        assertThat(locker.count("a")).isEqualTo(1);
    }

    @Test
    void aLossIsToldOnceAndRefusedUntilItIsUnlocked() {
        lock("a", "b");
        locker.lose("a");
        locker.forgetLoss("a");
        assertThat(told).containsExactly(new Loss(RepoPath.of("a"), "broken by Eve"));
        assertThat(locks.lostPaths()).containsExactly(RepoPath.of("a"));
        assertCode(locks.lock(paths("a"), LockOptions.tryNow()), ExitCode.LOST);
        assertThatThrownBy(locks::held).hasMessageStartingWith("the lock of a was lost (broken by Eve): what was done");
        assertCode(locks.lock(paths("a", "c"), LockOptions.tryNow()), ExitCode.LOST);
        assertThatThrownBy(locks::held).isInstanceOfSatisfying(CliException.class, e -> assertThat(e.code())
                .isEqualTo(ExitCode.LOST));
        assertCode(locks.unlock(paths("a", "b")), ExitCode.LOST);
        assertThat(locker.count("b")).isZero();
        assertThat(locks.lostPaths()).isEmpty();
        assertThat(lock("a").items()).hasSize(1);
    }

    @Test
    void aLossWhileAnotherFileIsWaitedForRefusesTheRequest() {
        lock("a");
        locker.busy.add("b");
        CompletableFuture<SessionLocks.Taken> request =
                locks.lock(paths("a", "b"), LockOptions.waitUpTo(Duration.ofMinutes(1)));
        locker.lose("a");
        waiting("b").complete(locker.grant(RepoPath.of("b"), LockMode.EXCLUSIVE));
        assertCode(request, ExitCode.LOST);
        assertThat(locker.count("b")).isZero();
    }

    @Test
    void whileNobodyKnowsWhetherItIsHeldItIsNotSaidToBe() {
        lock("a");
        locker.disconnect();
        assertThatThrownBy(locks::held).isInstanceOfSatisfying(CliException.class, e -> assertThat(e.code())
                .isEqualTo(ExitCode.UNREACHABLE));
        assertCode(locks.lock(paths("a"), LockOptions.tryNow()), ExitCode.UNREACHABLE);
    }

    @Test
    void cancellingARequestThatWaitsGivesBackWhatItHad() {
        locker.busy.add("b");
        CompletableFuture<SessionLocks.Taken> request =
                locks.lock(paths("a", "b"), LockOptions.waitUpTo(Duration.ofMinutes(1)));
        assertThat(locker.count("a")).isEqualTo(1);
        assertThat(request.cancel(false)).isTrue();
        assertThat(waiting("b")).isCancelled();
        assertThat(locker.count("a")).isZero();
        assertThat(locks.held()).isEmpty();
    }

    @Test
    void anAnswerThatNobodyHeardIsUndoneUnlessSomebodyElseWasToldSince() {
        SessionLocks.Taken unheard = lock("a", "b");
        lock("b");
        unheard.withdraw();
        unheard.withdraw();
        assertThat(locker.count("a")).isZero();
        assertThat(locks.held()).extracting(SessionLocks.Item::path).containsExactly(RepoPath.of("b"));
    }

    @Test
    void whatWasHeldBeforeIsNotGivenBackWithAnAnswerThatNobodyHeard() {
        lock("a");
        lock("a").withdraw();
        assertThat(locks.held()).hasSize(1);
        assertThat(locker.count("a")).isEqualTo(1);
    }

    @Test
    void unlockAllOfNothingIsDone() {
        assertThat(locks.unlockAll().join()).isEmpty();
        lock("a", "b");
        assertThat(locks.unlockAll().join()).hasSize(2);
    }

    private SessionLocks.Taken lock(String... names) {
        return locks.lock(paths(names), LockOptions.tryNow()).join();
    }

    private CompletableFuture<io.bumba.lock.LockResult> waiting(String name) {
        return Objects.requireNonNull(locker.waiting.get(name));
    }

    private static List<RepoPath> paths(String... names) {
        return List.of(names).stream().map(RepoPath::of).toList();
    }

    private static void assertCode(CompletableFuture<?> refused, ExitCode code) {
        assertThatThrownBy(refused::join).cause().isInstanceOfSatisfying(CliException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
