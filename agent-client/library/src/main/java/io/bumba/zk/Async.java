package io.bumba.zk;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes after a stage, with no failure that nobody hears of. */
public final class Async {
    private static final Logger LOG = LoggerFactory.getLogger(Async.class);

    private Async() {}

    /** Runs one of the two when the stage is complete; what they throw themselves is logged. */
    public static <T> void then(CompletionStage<T> stage, Consumer<T> value, Consumer<Throwable> failure) {
        CompletionStage<T> unused = stage.whenComplete((v, failed) -> {
            try {
                if (failed == null) {
                    value.accept(v);
                } else {
                    failure.accept(cause(failed));
                }
            } catch (RuntimeException e) {
                LOG.error("a step failed", e);
            }
        });
    }

    /** {@link #then(CompletionStage, Consumer, Consumer)} for a stage that fails only when the session is over. */
    public static <T> void then(CompletionStage<T> stage, Consumer<T> value) {
        then(stage, value, failed -> {
            if (!(failed instanceof SessionOverException)) {
                LOG.warn("an operation failed", failed);
            }
        });
    }

    /** Runs somebody else's code; what it throws is logged and stops nobody behind it. */
    public static void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("a callback failed", e);
        }
    }

    /** What a stage failed with, out of its wrapping. */
    public static Throwable cause(Throwable failed) {
        return failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
    }
}
