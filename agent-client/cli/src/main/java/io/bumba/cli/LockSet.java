package io.bumba.cli;

import io.bumba.BumbaException;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Several files, all held or none. They are taken in the order of their names, so two of these cannot wait for each
 * other, under one total deadline. Not thread-safe.
 */
final class LockSet {
    /** How long a refusal waits for what was taken before it to be given back. */
    private static final Duration GIVE_BACK = Duration.ofSeconds(5);

    /** How one file is asked for; cancelling the future leaves nothing behind. */
    interface Locker {
        CompletableFuture<LockResult> acquire(RepoPath path, LockOptions options);
    }

    /** All of them, or what stood in the way of the first that was refused. */
    sealed interface Answer {
        record All(LockSet locks) implements Answer {}

        record Refused(LockResult why) implements Answer {}
    }

    private final List<LockGrant> grants;

    private LockSet(List<LockGrant> grants) {
        this.grants = List.copyOf(grants);
    }

    /**
     * {@link #acquireAsync}, waited for.
     *
     * @throws CliException HELD with whom to ask and what to do; UNREACHABLE when the session ended
     */
    static LockSet acquire(
            Locker locker, Collection<RepoPath> paths, LockOptions options, LongSupplier ticker, Consumer<String> news)
            throws InterruptedException {
        CompletableFuture<Answer> asked = acquireAsync(locker, paths, options, ticker, news);
        try {
            Answer answer = asked.get();
            if (answer instanceof Answer.All all) {
                return all.locks();
            }
            throw refusal(((Answer.Refused) answer).why(), patience(options));
        } catch (InterruptedException e) {
            asked.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("could not lock " + paths, e);
        }
    }

    /**
     * Takes them all, without a thread that waits. What was taken is given back when one is refused, and when the future
     * is cancelled.
     *
     * @param paths in any order; the same file twice counts once
     * @param options for each; their patience, which must be given, is the deadline for all together
     * @param ticker nanoseconds, for the deadline
     * @param news is told whom we wait for
     */
    static CompletableFuture<Answer> acquireAsync(
            Locker locker,
            Collection<RepoPath> paths,
            LockOptions options,
            LongSupplier ticker,
            Consumer<String> news) {
        return new Walk(locker, paths, options, ticker, news).begin();
    }

    private static CliException refusal(LockResult result, Duration wait) {
        return result instanceof LockResult.Lost
                ? new CliException(ExitCode.UNREACHABLE, result.message() + "; nothing was run, try again")
                : new CliException(
                        ExitCode.HELD,
                        result.message() + "; nothing was run"
                                + (wait.isZero() ? ", --wait 30s would wait for it" : ""));
    }

    private static Duration patience(LockOptions options) {
        return Objects.requireNonNull(options.patience(), "the wait for all together");
    }

    List<LockGrant> grants() {
        return grants;
    }

    /** {@code path=token}, one line each; the token is what follows the last {@code =}. */
    String tokens() {
        StringBuilder lines = new StringBuilder();
        for (LockGrant grant : grants) {
            lines.append(lines.isEmpty() ? "" : "\n")
                    .append(grant.path())
                    .append('=')
                    .append(grant.token());
        }
        return lines.toString();
    }

    /**
     * Gives all back, the last one first.
     *
     * @return the files whose lock had ended before: what was done to them was not protected
     */
    List<RepoPath> release(Consumer<String> news) {
        List<RepoPath> lost = new ArrayList<>();
        for (int i = grants.size() - 1; i >= 0; i--) {
            LockGrant grant = grants.get(i);
            // What counts is whether it was held until now; that the release is not confirmed harms nobody but waiters.
            boolean heldToTheEnd = grant.isValid();
            try {
                if (grant.release() == ReleaseResult.LOST) {
                    lost.add(grant.path());
                }
            } catch (BumbaException e) {
                if (heldToTheEnd) {
                    news.accept(String.valueOf(e.getMessage()));
                } else {
                    lost.add(grant.path());
                }
            }
        }
        return lost;
    }

    /** Gives all back; completes when it is confirmed, or after a while anyway: the release goes on in the background. */
    CompletableFuture<Void> giveBack() {
        return giveBack(grants);
    }

    private static CompletableFuture<Void> giveBack(List<LockGrant> taken) {
        List<CompletableFuture<?>> releases = new ArrayList<>();
        for (int i = taken.size() - 1; i >= 0; i--) {
            releases.add(taken.get(i).releaseAsync().toCompletableFuture());
        }
        return CompletableFuture.allOf(releases.toArray(CompletableFuture[]::new))
                .orTimeout(GIVE_BACK.toNanos(), TimeUnit.NANOSECONDS)
                // One that fails is released by the end of the session.
                .exceptionally(failure -> null);
    }

    /**
     * From file to file. Its steps follow one another; only a cancellation comes from elsewhere, and does nothing but
     * cancel the present request, whose end is then the walk's next step.
     */
    private static final class Walk {
        private final Locker locker;
        private final Iterator<RepoPath> todo;
        private final LockOptions options;
        private final Duration wait;
        private final LongSupplier ticker;
        private final Consumer<String> news;
        private final long began;
        private final List<LockGrant> taken = new ArrayList<>();
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<LockResult> present;

        Walk(
                Locker locker,
                Collection<RepoPath> paths,
                LockOptions options,
                LongSupplier ticker,
                Consumer<String> news) {
            this.locker = locker;
            this.todo = new TreeSet<>(paths).iterator();
            this.options = options;
            this.wait = patience(options);
            this.ticker = ticker;
            this.news = news;
            this.began = ticker.getAsLong();
        }

        CompletableFuture<Answer> begin() {
            CompletableFuture<Answer> unused = answer.whenComplete((all, failure) -> {
                if (answer.isCancelled()) {
                    cancelPresent();
                }
            });
            next();
            return answer;
        }

        private void next() {
            if (answer.isDone()) {
                stop(() -> {});
            } else if (todo.hasNext()) {
                RepoPath path = todo.next();
                ask(path, Duration.ZERO, result -> {
                    if (result instanceof LockResult.Held && !wait.isZero()) {
                        news.accept(result.message());
                        Duration left = wait.minusNanos(ticker.getAsLong() - began);
                        ask(path, left.isNegative() ? Duration.ZERO : left, this::refused);
                    } else {
                        refused(result);
                    }
                });
            } else if (!answer.complete(new Answer.All(new LockSet(taken)))) {
                stop(() -> {});
            }
        }

        private void ask(RepoPath path, Duration patience, Consumer<LockResult> otherwise) {
            CompletableFuture<LockResult> request;
            try {
                request = locker.acquire(path, options.waiting(patience));
            } catch (RuntimeException e) {
                stop(() -> answer.completeExceptionally(e));
                return;
            }
            present = request;
            if (answer.isCancelled()) {
                // The cancellation may have looked before this request was there.
                cancelPresent();
            }
            CompletableFuture<LockResult> unused = request.whenComplete((result, failure) -> {
                if (failure != null) {
                    stop(() -> answer.completeExceptionally(failure));
                } else if (result.grant().isPresent()) {
                    taken.add(result.grant().get());
                    next();
                } else {
                    otherwise.accept(result);
                }
            });
        }

        private void refused(LockResult why) {
            stop(() -> answer.complete(new Answer.Refused(why)));
        }

        private void stop(Runnable then) {
            CompletableFuture<Void> unused = giveBack(taken).thenRun(then);
        }

        private void cancelPresent() {
            CompletableFuture<LockResult> request = present;
            if (request != null) {
                request.cancel(false);
            }
        }
    }
}
