package io.bumba.testkit;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits that end: with the result, or with a message that names what did not happen. */
final class Deadline {
    private Deadline() {}

    /** Polls the condition every 10 ms. What it throws counts as "not yet", and is shown when time is up. */
    static void until(String what, Duration atMost, Callable<Boolean> condition) {
        await(what)
                .atMost(atMost)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(condition);
    }

    /** Runs an action that is known to hang at times in a daemon thread of its own, and gives up on it in time. */
    static <T> T guarded(String what, Duration atMost, Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        Thread thread = new Thread(task, "guarded: " + what);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(what + " failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            IllegalStateException stands = new IllegalStateException("where it stands");
            stands.setStackTrace(thread.getStackTrace());
            e.addSuppressed(stands);
            throw new IllegalStateException(what + " did not end within " + atMost, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for: " + what, e);
        }
    }
}
