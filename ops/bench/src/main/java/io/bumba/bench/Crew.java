package io.bumba.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the operations of all clients at once, each client on a thread of its own. */
final class Crew implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "bench-client");
        thread.setDaemon(true);
        return thread;
    });

    /** Runs every client's operation this often; returns the nanoseconds from the common start to the last end. */
    long time(Contestant contestant, int times) {
        int clients = contestant.clients();
        CountDownLatch ready = new CountDownLatch(clients);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> running = new ArrayList<>();
        for (Runnable operation : contestant.operations()) {
            running.add(threads.submit(() -> {
                ready.countDown();
                start.await();
                for (int i = 0; i < times; i++) {
                    operation.run();
                }
                return operation;
            }));
        }
        try {
            ready.await();
            long began = System.nanoTime();
            start.countDown();
            for (Future<?> client : running) {
                client.get();
            }
            return System.nanoTime() - began;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while measuring " + contestant.name(), e);
        } catch (ExecutionException e) {
            throw new BenchException(contestant.name() + " failed", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
