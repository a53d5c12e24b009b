package io.bumba.territory;

import io.bumba.zk.Async;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One step after the other, in the order in which they were asked for; no thread waits. Thread-safe. */
final class Turns {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Deque<Runnable> urgent = new ArrayDeque<>();
    private boolean taken;
    private boolean draining;

    /** Runs the step when all before it are complete; the next one begins when its future completes. */
    <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> step) {
        return take(step, waiting);
    }

    /** The same before all that have only asked: for what others wait for. */
    <T> CompletableFuture<T> takeSoon(Supplier<CompletableFuture<T>> step) {
        return take(step, urgent);
    }

    private <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> step, Deque<Runnable> queue) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        synchronized (waiting) {
            queue.add(() -> run(step, answer));
        }
        drain();
        return answer;
    }

    private <T> void run(Supplier<CompletableFuture<T>> step, CompletableFuture<T> answer) {
        CompletableFuture<T> done;
        try {
            done = step.get();
        } catch (RuntimeException e) {
            done = CompletableFuture.failedFuture(e);
        }
        Async.then(
                done,
                value -> {
                    next();
                    answer.complete(value);
                },
                failure -> {
                    next();
                    answer.completeExceptionally(failure);
                });
    }

    private void next() {
        synchronized (waiting) {
            taken = false;
        }
        drain();
    }

    /** In a loop: a thousand steps that complete at once must not stand on one stack. */
    private void drain() {
        while (true) {
            Runnable turn;
            synchronized (waiting) {
                if (draining || taken || (waiting.isEmpty() && urgent.isEmpty())) {
                    return;
                }
                turn = urgent.isEmpty() ? waiting.remove() : urgent.remove();
                taken = true;
                draining = true;
            }
            try {
                turn.run();
            } finally {
                synchronized (waiting) {
                    draining = false;
                }
            }
        }
    }
}
