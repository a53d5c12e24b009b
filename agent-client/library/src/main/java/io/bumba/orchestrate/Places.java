package io.bumba.orchestrate;

import io.bumba.BumbaException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The places of those that run at once, each with its word to stop. Thread-safe. */
final class Places {
    private final int most;
    private final Set<Stop> taken = new HashSet<>();
    private boolean closed;

    Places(int most) {
        this.most = most;
    }

    /**
     * Takes a place, to be given to {@link #leave}.
     *
     * @throws BumbaException LIMIT when none is free in time
     * @throws IllegalStateException when closed, also while waiting
     */
    synchronized Stop take(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!closed && taken.size() >= most) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new BumbaException(
                        BumbaException.Code.LIMIT,
                        taken.size() + " commands are running, the limit maxCommands is " + most
                                + "; wait for one, or raise it (CommandLimits)");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        if (closed) {
            throw new IllegalStateException("the command runner is closed");
        }
        Stop stop = new Stop();
        taken.add(stop);
        return stop;
    }

    synchronized void leave(Stop place) {
        taken.remove(place);
        notifyAll();
    }

    synchronized int running() {
        return taken.size();
    }

    /** No more are given, and all who have one are told to stop. */
    void close() {
        Set<Stop> told;
        synchronized (this) {
            closed = true;
            told = Set.copyOf(taken);
            notifyAll();
        }
        told.forEach(stop -> stop.say("the command runner is closed"));
    }

    /** Waits until all have left; how many have not. */
    synchronized int awaitEmpty(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!taken.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return taken.size();
    }
}
