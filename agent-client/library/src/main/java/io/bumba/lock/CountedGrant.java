package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** One count of a {@link Hold}, given back once. */
final class CountedGrant implements LockGrant {
    private final Hold hold;
    private final Duration patience;
    private final AtomicBoolean givenBack = new AtomicBoolean();

    CountedGrant(Hold hold, Duration patience) {
        this.hold = hold;
        this.patience = patience;
    }

    @Override
    public RepoPath path() {
        return hold.path();
    }

    @Override
    public LockMode mode() {
        return hold.mode();
    }

    @Override
    public FencingToken token() {
        return hold.token();
    }

    @Override
    public boolean isValid() {
        return !givenBack.get() && hold.isValid();
    }

    @Override
    public CompletionStage<Boolean> verify() {
        return givenBack.get() ? CompletableFuture.completedFuture(false) : hold.verify();
    }

    @Override
    public void onLost(Executor executor, Runnable callback) {
        if (!givenBack.get()) {
            hold.onLost(executor, () -> {
                if (!givenBack.get()) {
                    callback.run();
                }
            });
        }
    }

    @Override
    public CompletableFuture<ReleaseResult> releaseAsync() {
        return givenBack.compareAndSet(false, true)
                ? hold.giveBack()
                : CompletableFuture.completedFuture(ReleaseResult.ALREADY_RELEASED);
    }

    @Override
    public ReleaseResult release() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + patience.toNanos();
        CompletableFuture<ReleaseResult> released = releaseAsync();
        try {
            while (true) {
                try {
                    return released.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            throw new BumbaException(
                    BumbaException.Code.RELEASE_UNCONFIRMED,
                    "ZooKeeper did not confirm within " + patience.toMillis() + " ms that " + path()
                            + " is released; it goes on in the background, at the latest until the session ends",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BumbaException known
                    ? known.here()
                    : new BumbaException(BumbaException.Code.PROTOCOL, "could not release " + path(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        if (release() == ReleaseResult.LOST) {
            throw hold.lost();
        }
    }
}
