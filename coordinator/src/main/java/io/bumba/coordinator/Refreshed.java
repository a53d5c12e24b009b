package io.bumba.coordinator;

import io.bumba.BumbaException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that is read anew when somebody asks for it, at most once per {@code maxAge} and one reading at a time, however
 * many ask. When a reading fails or takes longer than {@code patience} the last value is given, marked stale. Nobody
 * asking costs nothing. Thread-safe.
 *
 * @param <T> immutable
 */
final class Refreshed<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Refreshed.class);

    /**
     * A value and how old it is.
     *
     * @param stale whether a newer one was wanted and could not be had
     */
    record Aged<T>(T value, long ageMillis, boolean stale) {}

    private record Reading<T>(long begunAt, CompletableFuture<T> result) {}

    private record Known<T>(T value, long readAt) {}

    private final Supplier<T> source;
    private final Executor executor;
    private final LongSupplier nanos;
    private final long maxAgeNanos;
    private final long patienceNanos;

    private @Nullable Reading<T> reading;
    private volatile @Nullable Known<T> last;

    Refreshed(Supplier<T> source, Executor executor, LongSupplier nanos, Duration maxAge, Duration patience) {
        this.source = source;
        this.executor = executor;
        this.nanos = nanos;
        this.maxAgeNanos = maxAge.toNanos();
        this.patienceNanos = patience.toNanos();
    }

    /** @throws NothingYet when no reading has succeeded yet */
    Aged<T> get() {
        Known<T> known = last;
        if (known != null && nanos.getAsLong() - known.readAt < maxAgeNanos) {
            return aged(known, false);
        }
        Reading<T> current = join();
        try {
            long left = Math.max(0, patienceNanos - (nanos.getAsLong() - current.begunAt));
            current.result.get(left, TimeUnit.NANOSECONDS);
            return latest(false, null);
        } catch (TimeoutException | ExecutionException e) {
            return latest(true, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return latest(true, e);
        }
    }

    /** The reading under way, or the last one while it is young, or a new one. */
    private synchronized Reading<T> join() {
        Reading<T> old = reading;
        long now = nanos.getAsLong();
        if (old != null && (!old.result.isDone() || now - old.begunAt < maxAgeNanos)) {
            return old;
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Reading<T> begun = new Reading<>(now, result);
        reading = begun;
        executor.execute(() -> read(now, result));
        return begun;
    }

    private void read(long begunAt, CompletableFuture<T> result) {
        try {
            T value = source.get();
            last = new Known<>(value, begunAt);
            result.complete(value);
        } catch (RuntimeException | Error e) {
            LOG.warn("a refresh failed; the last picture stays: {}", e.toString());
            result.completeExceptionally(e);
        }
    }

    private Aged<T> latest(boolean stale, @Nullable Exception why) {
        Known<T> known = last;
        if (known == null) {
            throw new NothingYet(why);
        }
        return aged(known, stale);
    }

    private Aged<T> aged(Known<T> known, boolean stale) {
        return new Aged<>(known.value, TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - known.readAt), stale);
    }

    /** There is no value yet, not even an old one. */
    static final class NothingYet extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NothingYet(@Nullable Throwable cause) {
            super("no picture yet: " + why(cause), cause);
        }

        /** What the library says of a record that it cannot read is for people; other failures stay inside. */
        private static String why(@Nullable Throwable failure) {
            return failure instanceof ExecutionException
                            && failure.getCause() instanceof BumbaException known
                            && known.code() == BumbaException.Code.UNSUPPORTED
                    ? String.valueOf(known.getMessage())
                    : "ZooKeeper has not answered";
        }
    }
}
