package io.bumba.bench;

/** One lock as one client sees it. Used by one thread at a time. Both throw {@link BenchException} when it does not go. */
public interface Locker {
    void lock();

    void unlock();

    /** The operation that is measured. */
    default void lockAndUnlock() {
        lock();
        unlock();
    }
}
