package io.bumba.orchestrate;

import io.bumba.zk.Async;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The word to stop, given once; the first reason is told. Thread-safe. */
final class Stop {
    private final CompletableFuture<String> word = new CompletableFuture<>();

    void say(String why) {
        word.complete(why);
    }

    boolean isSaid() {
        return word.isDone();
    }

    Optional<String> why() {
        return Optional.ofNullable(word.getNow(null));
    }

    /** Runs the callback once, on the executor, when the word is given; at once if it was. */
    void then(Executor executor, Runnable callback) {
        Async.then(word, why -> executor.execute(callback));
    }

    /** Completes with the reason; not for completing. */
    CompletableFuture<String> word() {
        return word.copy();
    }
}
