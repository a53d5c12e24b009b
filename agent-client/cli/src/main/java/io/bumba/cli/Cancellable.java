package io.bumba.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Futures derived from others so that cancelling the derived one cancels the source. */
final class Cancellable {
    private Cancellable() {}

    /**
     * The function of what the source comes to.
     *
     * @param orphan is given what the function made, when the derived future was cancelled before it could be told
     */
    static <A, B> CompletableFuture<B> map(CompletableFuture<A> source, Function<A, B> function, Consumer<B> orphan) {
        CompletableFuture<B> derived = new CompletableFuture<>();
        CompletableFuture<B> unused = derived.whenComplete((result, failure) -> {
            if (derived.isCancelled()) {
                source.cancel(false);
            }
        });
        CompletableFuture<A> unusedToo = source.whenComplete((value, failure) -> {
            if (failure != null) {
                derived.completeExceptionally(cause(failure));
                return;
            }
            try {
                B made = function.apply(value);
                if (!derived.complete(made)) {
                    orphan.accept(made);
                }
            } catch (RuntimeException e) {
                derived.completeExceptionally(e);
            }
        });
        return derived;
    }

    /** What failed, without the wrapping of futures. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
