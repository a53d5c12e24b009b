package io.bumba.lock;

/** A node in a file's line or in its queue: somebody who holds the file or waits for it. */
sealed interface Standing permits Contender, QueuePlace {
    String name();

    LockMode mode();

    /** What its request's uuid begins with, whatever became of the request; empty for a stock client's without one. */
    String own();

    /** Whether the two cannot hold together. */
    default boolean conflictsWith(Standing other) {
        return mode() == LockMode.EXCLUSIVE || other.mode() == LockMode.EXCLUSIVE;
    }
}
