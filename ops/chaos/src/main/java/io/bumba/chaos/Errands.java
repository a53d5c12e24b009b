package io.bumba.chaos;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What other threads do for the agents of a process: releases, and giving up in the middle of a wait. */
final class Errands implements AutoCloseable {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1, Errands::daemon);
    private final ExecutorService hands = Executors.newFixedThreadPool(4, Errands::daemon);
    private final ConcurrentHashMap<Runnable, Future<?>> running = new ConcurrentHashMap<>();

    Errands() {
        // Started here, so that they are no leak of the connection.
        ((java.util.concurrent.ThreadPoolExecutor) hands).prestartAllCoreThreads();
        ((java.util.concurrent.ThreadPoolExecutor) clock).prestartAllCoreThreads();
    }

    /** Runs it on another thread, soon. */
    void run(Runnable errand) {
        running.put(errand, hands.submit(() -> {
            try {
                errand.run();
            } finally {
                running.remove(errand);
            }
        }));
    }

    ScheduledFuture<?> after(Duration delay, Runnable action) {
        return clock.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether all that was begun has ended by then. */
    boolean awaitIdle(long deadlineNanos) {
        while (running.values().stream().anyMatch(future -> !future.isDone()) && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return running.values().stream().allMatch(Future::isDone);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        hands.shutdownNow();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "errand");
        thread.setDaemon(true);
        return thread;
    }
}
