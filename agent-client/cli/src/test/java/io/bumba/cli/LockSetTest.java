package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bumba.lock.Claim;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LockSetTest {
    private static final Duration TEN = Duration.ofSeconds(10);

    private final FakeLocker locker = new FakeLocker();
    private final List<String> news = new ArrayList<>();
    private long now;

    @Test
    void theTokensAreToldAndAllIsGivenBackInReverse() throws InterruptedException {
        LockSet locks = acquire(TEN, "b", "a", "c", "./a");
        assertThat(locks.tokens()).isEqualTo("a=1\nb=2\nc=3");
        assertThat(locks.release(news::add)).isEmpty();
        assertThat(locker.released).containsExactly("c", "b", "a");
        assertThat(news).isEmpty();
    }

    @Test
    void aRefusalSaysWhatToDo() {
        locker.busy.add("b");
        assertThatThrownBy(() -> acquire(Duration.ZERO, "a", "b", "c"))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.HELD))
                .hasMessageContaining("b is ")
                .hasMessageContaining("nothing was run")
                .hasMessageContaining("--wait 30s");
    }

    @Test
    void whatATerritoryForbidsIsRefusedAtOnceWithoutAdviceToWait() {
        locker.forbidden.put("b", new Claim("t-1", "Log in", "EXCLUSIVE", "Tester-Owner", Instant.EPOCH, "b"));
        for (Duration wait : List.of(Duration.ZERO, TEN)) {
            locker.asked.clear();
            assertThatThrownBy(() -> acquire(wait, "a", "b"))
                    .isInstanceOfSatisfying(
                            CliException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.HELD))
                    .hasMessageContaining("Tester-Owner")
                    .hasMessageContaining("nothing was run")
                    .hasMessageNotContaining("--wait");
            assertThat(locker.asked).hasSize(1);
        }
    }

    @Test
    void whoWaitsIsToldForWhomAndWaitsForWhatIsLeftOfTheTime() throws InterruptedException {
        locker.busy.add("b");
        locker.onWaiting = () -> answer("b", locker.grant(RepoPath.of("b"), LockMode.EXCLUSIVE));
        LockSet locks = acquire(TEN, "a", "b");
        assertThat(news).hasSize(1).first().asString().startsWith("b is ");
        assertThat(locker.asked).containsExactly("[a, b] PT0S", "[a, b] PT7S");
        assertThat(locks.grants()).hasSize(2);
    }

    @Test
    void aWaitThatIsInVainIsARefusalWithoutAdviceToWait() {
        locker.busy.add("a");
        locker.onWaiting = () -> answer("a", new LockResult.TimedOut(RepoPath.of("a"), List.of(), 0, Optional.empty()));
        assertThatThrownBy(() -> acquire(TEN, "a"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("gave up waiting")
                .hasMessageNotContaining("--wait");
    }

    @Test
    void aFileThatWasLostBeforeTheReleaseIsNamed() throws InterruptedException {
        LockSet locks = acquire(TEN, "a", "b");
        locker.lose("a");
        assertThat(locks.release(news::add)).containsExactly(RepoPath.of("a"));
    }

    private void answer(String path, LockResult result) {
        Objects.requireNonNull(locker.waiting.get(path)).complete(result);
    }

    /** Each look at the clock finds three seconds gone. */
    private LockSet acquire(Duration wait, String... paths) throws InterruptedException {
        List<RepoPath> asked = List.of(paths).stream().map(RepoPath::of).toList();
        return LockSet.acquire(
                locker,
                PathSet.of(asked),
                LockOptions.waitUpTo(wait).because("why"),
                () -> now += Duration.ofSeconds(3).toNanos(),
                news::add);
    }
}
