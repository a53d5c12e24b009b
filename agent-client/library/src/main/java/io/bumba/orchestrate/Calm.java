package io.bumba.orchestrate;

import io.bumba.BumbaException;
import io.bumba.zk.Async;
import io.bumba.zk.SessionOverException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Waits of those who tidy up: an interrupt does not end them, and is there again afterwards. They end by their time
 * limit.
 */
final class Calm {
    private static final LongSupplier NANOS = System::nanoTime;

    private Calm() {}

    /**
     * The value.
     *
     * @throws BumbaException UNAVAILABLE when it does not come in time, SESSION_LOST when the session ended first
     */
    static <T> T await(CompletionStage<T> stage, Duration patience, String what) {
        boolean interrupted = Thread.interrupted();
        long deadline = NANOS.getAsLong() + patience.toNanos();
        try {
            while (true) {
                try {
                    return stage.toCompletableFuture()
                            .get(Math.max(0, deadline - NANOS.getAsLong()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    throw new BumbaException(
                            BumbaException.Code.UNAVAILABLE,
                            "ZooKeeper did not answer within " + patience.toMillis() + " ms to " + what
                                    + "; it goes on in the background",
                            e);
                } catch (ExecutionException e) {
                    throw failure(e, what);
                }
            }
        } finally {
            restore(interrupted);
        }
    }

    /** Runs what must be run, again when an interrupt broke it off; so it has to bear being repeated. */
    static void run(Runnable step) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    step.run();
                    return;
                } catch (BumbaException e) {
                    if (!Thread.interrupted()) {
                        throw e;
                    }
                    interrupted = true;
                }
            }
        } finally {
            restore(interrupted);
        }
    }

    /** Waits without a limit of its own: whoever counts down has one. */
    static void await(CountDownLatch left) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    left.await();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            restore(interrupted);
        }
    }

    static BumbaException failure(ExecutionException e, String what) {
        Throwable cause = Async.cause(e.getCause() == null ? e : e.getCause());
        if (cause instanceof BumbaException known) {
            return known.here();
        }
        return cause instanceof SessionOverException
                ? new BumbaException(
                        BumbaException.Code.SESSION_LOST, "the ZooKeeper session ended before it could " + what, e)
                : new BumbaException(BumbaException.Code.PROTOCOL, "could not " + what, e);
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
