package io.bumba.bench;

/**
 * A counter that is not atomic: increments get lost when two run at once. So its total proves that the lock around it
 * excluded.
 */
final class Tally {
    /** Some microseconds, in which another holder would be seen; small beside a round trip. */
    private static final int SPINS = 200;

    private volatile long value;

    /** To be called under the lock only. */
    void increment() {
        long seen = value;
        for (int i = 0; i < SPINS; i++) {
            Thread.onSpinWait();
        }
        value = seen + 1;
    }

    long value() {
        return value;
    }
}
