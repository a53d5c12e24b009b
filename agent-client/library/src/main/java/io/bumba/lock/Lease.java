package io.bumba.lock;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The end of a grant that was fixed when it was given, by the monotonic clock. {@link #isOver} is right by itself; the
 * timers only tell those who do not ask. Thread-safe.
 */
final class Lease {
    /** How long before its end the holder is told: a fifth of it, and at most this. */
    static final Duration LONGEST_WARNING = Duration.ofSeconds(10);

    private static final int WARNING_FRACTION = 5;

    private final LongSupplier nanos;
    private final long end;
    private final long warning;
    private final Future<?> warningTimer;
    private final Future<?> endTimer;

    /**
     * @param from when it began, by {@code nanos}
     * @param warned runs on the clock some time before the end
     * @param over runs on the clock at the end
     */
    Lease(
            ScheduledExecutorService clock,
            LongSupplier nanos,
            long from,
            Duration length,
            Runnable warned,
            Runnable over) {
        this.nanos = nanos;
        this.end = from + length.toNanos();
        this.warning = end - Math.min(length.toNanos() / WARNING_FRACTION, LONGEST_WARNING.toNanos());
        long now = nanos.getAsLong();
        this.warningTimer = clock.schedule(warned, Math.max(0, warning - now), TimeUnit.NANOSECONDS);
        this.endTimer = clock.schedule(over, Math.max(0, end - now), TimeUnit.NANOSECONDS);
    }

    boolean isOver() {
        return nanos.getAsLong() - end >= 0;
    }

    boolean isEnding() {
        return nanos.getAsLong() - warning >= 0;
    }

    /** What is left; zero when it is over. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - nanos.getAsLong()));
    }

    void cancel() {
        warningTimer.cancel(false);
        endTimer.cancel(false);
    }
}
