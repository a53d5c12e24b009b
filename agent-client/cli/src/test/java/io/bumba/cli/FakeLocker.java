package io.bumba.cli;

import io.bumba.lock.Claim;
import io.bumba.lock.FencingToken;
import io.bumba.lock.GrantSet;
import io.bumba.lock.LockAllResult;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Grants what nobody else holds; whoever waits for {@link #busy} files gets an answer when the test gives it. */
final class FakeLocker implements Locker {
    final Set<String> busy = new HashSet<>();
    final Map<String, Claim> forbidden = new HashMap<>();
    final Map<String, CompletableFuture<LockResult>> waiting = new HashMap<>();
    final List<String> released = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    /** Runs when somebody begins to wait; nothing at first. */
    Runnable onWaiting = () -> {};

    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, List<Runnable>> onLost = new HashMap<>();
    private final Set<String> lost = new HashSet<>();
    private boolean connected = true;
    private long tokens;

    @Override
    public CompletableFuture<LockAllResult> lockAll(PathSet paths, LockOptions options) {
        asked.add(paths.paths() + " " + options.patience());
        CompletableFuture<LockAllResult> all = new CompletableFuture<>();
        List<LockGrant> taken = new ArrayList<>();
        CompletableFuture<LockAllResult> unused = all.whenComplete((result, failure) -> {
            if (failure != null) {
                taken.forEach(LockGrant::release);
            }
        });
        take(paths.paths(), options, taken, all);
        return all;
    }

    private void take(
            List<RepoPath> todo, LockOptions options, List<LockGrant> taken, CompletableFuture<LockAllResult> all) {
        if (todo.isEmpty()) {
            all.complete(new LockAllResult.Granted(new GrantSet(taken, Duration.ofSeconds(1))));
            return;
        }
        CompletableFuture<LockResult> one = acquire(todo.get(0), options);
        CompletableFuture<LockAllResult> unused = all.whenComplete((result, failure) -> one.cancel(false));
        CompletableFuture<LockResult> unusedToo = one.whenComplete((result, failure) -> {
            if (failure != null) {
                return;
            }
            if (result.grant().isPresent()) {
                taken.add(result.grant().get());
                take(todo.subList(1, todo.size()), options, taken, all);
            } else {
                taken.forEach(LockGrant::release);
                all.complete(new LockAllResult.Refused(result));
            }
        });
    }

    private CompletableFuture<LockResult> acquire(RepoPath path, LockOptions options) {
        Claim claim = forbidden.get(path.value());
        if (claim != null) {
            return CompletableFuture.completedFuture(new LockResult.TerritoryForbids(path, claim));
        }
        if (!busy.contains(path.value())) {
            return CompletableFuture.completedFuture(grant(path, options.mode()));
        }
        if (Duration.ZERO.equals(options.patience())) {
            return CompletableFuture.completedFuture(new LockResult.Held(path, List.of(), 0, Optional.empty()));
        }
        CompletableFuture<LockResult> answer = new CompletableFuture<>();
        waiting.put(path.value(), answer);
        onWaiting.run();
        return answer;
    }

    LockResult grant(RepoPath path, LockMode mode) {
        tokens++;
        counts.merge(path.value(), 1, Integer::sum);
        return new LockResult.Granted(new Grant(path, mode, new FencingToken(tokens)));
    }

    /** How often the agent holds it. */
    int count(String path) {
        return counts.getOrDefault(path, 0);
    }

    void lose(String path) {
        lost.add(path);
        onLost.getOrDefault(path, List.of()).forEach(Runnable::run);
        onLost.remove(path);
        counts.remove(path);
    }

    /** It may be locked again after it was lost. */
    void forgetLoss(String path) {
        lost.remove(path);
    }

    void disconnect() {
        connected = false;
    }

    private final class Grant implements LockGrant {
        private final RepoPath path;
        private final LockMode mode;
        private final FencingToken token;

        Grant(RepoPath path, LockMode mode, FencingToken token) {
            this.path = path;
            this.mode = mode;
            this.token = token;
        }

        @Override
        public RepoPath path() {
            return path;
        }

        @Override
        public LockMode mode() {
            return mode;
        }

        @Override
        public FencingToken token() {
            return token;
        }

        @Override
        public boolean isValid() {
            return connected && !lost.contains(path.value());
        }

        @Override
        public CompletionStage<Boolean> verify() {
            return CompletableFuture.completedFuture(isValid());
        }

        @Override
        public void onLost(Executor executor, Runnable callback) {
            onLost.computeIfAbsent(path.value(), p -> new ArrayList<>()).add(() -> executor.execute(callback));
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
            if (lost.contains(path.value())) {
                return ReleaseResult.LOST;
            }
            released.add(path.value());
            return counts.merge(path.value(), -1, Integer::sum) == 0
                    ? ReleaseResult.RELEASED
                    : ReleaseResult.STILL_HELD;
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
