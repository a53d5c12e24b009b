package io.bumba.chaos;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One thread that repeats an act. */
final class Actor {
    private static final int SHOWN = 12;

    private final Act act;
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    Actor(String name, Act act) {
        this.act = act;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void askToStop() {
        stopping = true;
    }

    /** Whether it has ended by then, and by itself. */
    boolean awaitEnd(long deadlineNanos) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadlineNanos - System.nanoTime()));
            return !thread.isAlive() && failure == null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void dismiss() {
        act.dismiss();
    }

    Told told() {
        return act.told();
    }

    String whereItStands() {
        RuntimeException thrown = failure;
        if (thrown != null) {
            return thread.getName() + " failed: " + thrown;
        }
        return thread.getName() + " at "
                + Arrays.stream(thread.getStackTrace()).limit(SHOWN).toList();
    }

    private void run() {
        try {
            while (!stopping) {
                act.perform();
            }
        } catch (InterruptedException e) {
            failure = new IllegalStateException("nobody interrupts an actor between its requests", e);
        } catch (RuntimeException e) {
            failure = e;
        }
    }
}
