package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of an application for one file, or several that are the same by their request id. Whoever asks must
 * {@link #abandon} it or take the answer; when all have abandoned it, it is cancelled, and a grant that came all the same
 * is given back. Thread-safe.
 */
final class Request {
    private final Workshop shop;
    private final Desks desks;
    private final RepoPath path;
    private final LockOptions options;
    private final long deadline;
    private final Duration patience;
    private final CompletableFuture<LockResult> answer = new CompletableFuture<>();

    private final Object lock = new Object();
    private int interested = 1;
    private @Nullable Acquisition acquisition;
    private @Nullable Future<?> timer;

    Request(Workshop shop, Desks desks, RepoPath path, LockOptions options, Duration patience) {
        this.shop = shop;
        this.desks = desks;
        this.path = path;
        this.options = options;
        this.patience = patience;
        this.deadline = shop.nanos().getAsLong() + patience.toNanos();
    }

    RepoPath path() {
        return path;
    }

    LockOptions options() {
        return options;
    }

    CompletableFuture<LockResult> result() {
        return answer;
    }

    boolean isPatient() {
        return !patience.isZero();
    }

    /** At least a nanosecond for a patient one, so that it is never taken for an impatient one. */
    Duration left() {
        return isPatient()
                ? Duration.ofNanos(Math.max(1, deadline - shop.nanos().getAsLong()))
                : Duration.ZERO;
    }

    boolean wantsMoreThan(LockMode held) {
        return options.mode() == LockMode.EXCLUSIVE && held == LockMode.SHARED;
    }

    /** The request that makes the contender; it is cancelled with this. False when this was cancelled before. */
    boolean leads(Acquisition mine) {
        synchronized (lock) {
            acquisition = mine;
            return interested > 0;
        }
    }

    /** One more who waits for the same answer; false when it is cancelled. */
    boolean join() {
        synchronized (lock) {
            if (interested == 0) {
                return false;
            }
            interested++;
            return true;
        }
    }

    /** One who no longer wants the answer. */
    void abandon() {
        Async.then(giveUp(), gone -> {});
    }

    /** The same; completes when a grant that came all the same, and that nobody else has, is given back. */
    CompletableFuture<?> giveUp() {
        Acquisition mine;
        synchronized (lock) {
            if (interested == 0 || --interested > 0) {
                return CompletableFuture.completedFuture(null);
            }
            mine = acquisition;
        }
        if (!answer.cancel(false)) {
            Optional<LockGrant> unwanted = answer.isCompletedExceptionally()
                    ? Optional.empty()
                    : answer.join().grant();
            return unwanted.isPresent()
                    ? unwanted.get().releaseAsync().toCompletableFuture()
                    : CompletableFuture.completedFuture(null);
        }
        desks.leave(this);
        if (mine != null) {
            mine.end(Ending.Gone.CANCELLED);
        }
        settled();
        return CompletableFuture.completedFuture(null);
    }

    void startTimer() {
        synchronized (lock) {
            if (timer == null || timer.isDone()) {
                timer = timer(this::outOfTime);
            }
        }
    }

    /** What to do at the end of its patience from now on. */
    void limit(Runnable atEnd) {
        synchronized (lock) {
            if (timer != null) {
                timer.cancel(false);
            }
            timer = timer(atEnd);
        }
    }

    private Future<?> timer(Runnable atEnd) {
        Duration limit = isPatient() ? left() : shop.operationTimeout();
        return shop.clock().schedule(atEnd, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    void answer(LockResult result) {
        settled();
        if (!answer.complete(result)) {
            result.grant().ifPresent(LockGrant::releaseAsync);
        }
    }

    void fail(Throwable failure) {
        settled();
        answer.completeExceptionally(failure);
    }

    /** The servers do not say who is in the way. */
    void answerUnseen() {
        if (isPatient()) {
            LockResult unseen = new LockResult.TimedOut(path, List.of(), 0, Optional.empty());
            desks.refused(this, unseen);
            answer(unseen);
        } else {
            fail(new BumbaException(
                    BumbaException.Code.UNAVAILABLE,
                    "no connection to ZooKeeper; " + path + " was not locked: try again"));
        }
    }

    private void outOfTime() {
        if (desks.leave(this)) {
            desks.inspect(this);
        }
    }

    private void settled() {
        synchronized (lock) {
            acquisition = null;
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }
}
