package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bumba.lock.FencingToken;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

final class LockSetTest {
    private final FakeLocker locker = new FakeLocker();
    private final List<String> news = new ArrayList<>();
    private long now;

    @Test
    void takesEveryFileOnceInTheOrderOfTheNamesAndGivesThemBackInReverse() throws InterruptedException {
        LockSet locks = acquire(Duration.ZERO, "b", "a", "c", "./a");
        assertThat(locker.happened).containsExactly("+a", "+b", "+c");
        assertThat(locks.tokens()).isEqualTo("a=1\nb=2\nc=3");
        assertThat(locks.release(news::add)).isEmpty();
        assertThat(locker.happened).containsExactly("+a", "+b", "+c", "-c", "-b", "-a");
    }

    @Test
    void oneRefusalGivesEverythingBack() {
        locker.held.add("b");
        assertThatThrownBy(() -> acquire(Duration.ZERO, "a", "b", "c"))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.HELD))
                .hasMessageContaining("b is ")
                .hasMessageContaining("nothing was run")
                .hasMessageContaining("--wait 30s");
        assertThat(locker.happened).containsExactly("+a", "?b PT0S", "-a");
    }

    @Test
    void allFilesShareOneDeadline() {
        locker.held.addAll(List.of("a", "b"));
        locker.freeAfterWait.add("a");
        locker.waiting = Duration.ofSeconds(7);
        assertThatThrownBy(() -> acquire(Duration.ofSeconds(10), "a", "b")).isInstanceOf(CliException.class);
        assertThat(locker.happened).containsExactly("?a PT0S", "?a PT10S", "+a", "?b PT0S", "?b PT3S", "-a");
        assertThat(news).hasSize(2);
    }

    @Test
    void aFileThatWasLostBeforeTheReleaseIsNamed() throws InterruptedException {
        LockSet locks = acquire(Duration.ZERO, "a", "b");
        locker.lost.add("a");
        assertThat(locks.release(news::add)).containsExactly(RepoPath.of("a"));
    }

    private LockSet acquire(Duration wait, String... paths) throws InterruptedException {
        List<RepoPath> asked = List.of(paths).stream().map(RepoPath::of).toList();
        return LockSet.acquire(locker, asked, LockOptions.waitUpTo(wait).because("why"), () -> now, news::add);
    }

    private final class FakeLocker implements LockSet.Locker {
        private final List<String> happened = new ArrayList<>();
        private final Set<String> held = new HashSet<>();
        private final Set<String> freeAfterWait = new HashSet<>();
        private final Set<String> lost = new HashSet<>();
        private Duration waiting = Duration.ZERO;
        private long tokens;

        @Override
        public CompletableFuture<LockResult> acquire(RepoPath path, LockOptions options) {
            return CompletableFuture.completedFuture(answer(path, options));
        }

        private LockResult answer(RepoPath path, LockOptions options) {
            if (held.contains(path.value())) {
                happened.add("?" + path + " " + options.patience());
                if (!Duration.ZERO.equals(options.patience())) {
                    now += waiting.toNanos();
                    if (freeAfterWait.contains(path.value())) {
                        return grant(path);
                    }
                    return new LockResult.TimedOut(path, List.of(), 0, Optional.empty());
                }
                return new LockResult.Held(path, List.of(), 0, Optional.empty());
            }
            return grant(path);
        }

        private LockResult grant(RepoPath path) {
            happened.add("+" + path);
            tokens++;
            return new LockResult.Granted(new FakeGrant(this, path, new FencingToken(tokens)));
        }
    }

    private record FakeGrant(FakeLocker locker, RepoPath path, FencingToken token) implements LockGrant {
        @Override
        public LockMode mode() {
            return LockMode.EXCLUSIVE;
        }

        @Override
        public boolean isValid() {
            return !locker.lost.contains(path.value());
        }

        @Override
        public CompletionStage<Boolean> verify() {
            return CompletableFuture.completedFuture(isValid());
        }

        @Override
        public void onLost(Executor executor, Runnable callback) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Duration> leaseLeft() {
            return Optional.empty();
        }

        @Override
        public void onLeaseEnding(Executor executor, Runnable callback) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Boolean> renew(Duration lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Boolean> downgrade() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ReleaseResult release() {
            locker.happened.add("-" + path);
            return isValid() ? ReleaseResult.RELEASED : ReleaseResult.LOST;
        }

        @Override
        public CompletionStage<ReleaseResult> releaseAsync() {
            return CompletableFuture.completedFuture(release());
        }

        @Override
        public void close() {
            release();
        }
    }
}
