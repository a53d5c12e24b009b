package io.bumba.lock;

import io.bumba.BumbaException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a release; an interrupt does not keep it from being confirmed, and is kept for the caller. */
final class Confirmation {
    private Confirmation() {}

    /**
     * What the release came to.
     *
     * @param what is released, for the message
     * @throws BumbaException RELEASE_UNCONFIRMED when it takes longer than the patience; it goes on
     */
    static <T> T await(CompletableFuture<T> released, Duration patience, String what) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + patience.toNanos();
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
                    "ZooKeeper did not confirm within " + patience.toMillis() + " ms that " + what
                            + " is released; it goes on in the background, at the latest until the session ends",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BumbaException known
                    ? known.here()
                    : new BumbaException(BumbaException.Code.PROTOCOL, "could not release " + what, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
