package io.bumba.cli;

import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one command: passes signals on to it, and ends it when a lock is lost. Before the command runs, a signal
 * interrupts the thread that made this, so that it gives everything back; if that takes too long, the process ends and its
 * session's timeout does. Thread-safe; all fields are guarded by this.
 */
final class Supervisor implements Signals.Handler {
    /** What a command has for putting its house in order after a lock was lost. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Thread asker = Thread.currentThread();
    private final List<RepoPath> lost = new ArrayList<>();
    private @Nullable String end;
    private @Nullable Child child;
    private @Nullable Thread ender;
    private @Nullable Signals early;

    /** Where to run what must not hold up the session's own threads. */
    static Executor threads() {
        return task -> {
            Thread thread = new Thread(task, "bumba-run");
            thread.setDaemon(true);
            thread.start();
        };
    }

    /** Waits for the command, and for its whole family if it is being ended. */
    int supervise(Child started) throws InterruptedException {
        synchronized (this) {
            child = started;
            if (early != null) {
                // It came too late to stop the command from being started; so the command gets it.
                Thread.interrupted();
                Signals late = early;
                threads().execute(() -> started.forward(late));
            }
            endIfDue();
        }
        int code = started.waitFor();
        Thread ending;
        synchronized (this) {
            ending = ender;
        }
        if (ending != null) {
            ending.join();
        }
        return code;
    }

    synchronized void lost(Loss loss) {
        lost.add(loss.path());
        end(Loss.say(List.of(loss), "is lost"));
    }

    /** Ends the command, now or as soon as it runs; the first reason is told. */
    synchronized void end(String why) {
        if (end == null) {
            end = why;
        }
        endIfDue();
    }

    synchronized List<RepoPath> lostPaths() {
        return new ArrayList<>(lost);
    }

    @Override
    public synchronized void received(Signals signal) {
        Child running = child;
        if (running == null) {
            early = signal;
            asker.interrupt();
            threads().execute(() -> haltIfStuck(signal));
        } else if (signal == Signals.TERM || !Signals.keyboardReachesChildren()) {
            threads().execute(() -> running.forward(signal));
        }
    }

    /** The signal that came before the command ran. */
    synchronized Optional<Signals> endedEarly() {
        return Optional.ofNullable(early);
    }

    private void haltIfStuck(Signals signal) {
        try {
            TimeUnit.NANOSECONDS.sleep(PATIENCE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            if (child == null) {
                Runtime.getRuntime().halt(signal.exitCode());
            }
        }
    }

    private void endIfDue() {
        Child running = child;
        String why = end;
        if (running == null || why == null || ender != null) {
            return;
        }
        System.err.println("bumba: " + Text.oneLine(why) + "; ending the command");
        Thread thread = new Thread(
                () -> {
                    try {
                        running.end(GRACE);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "bumba-end");
        ender = thread;
        thread.start();
    }
}
