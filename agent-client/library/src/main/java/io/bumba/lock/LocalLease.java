package io.bumba.lock;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * How long a session may be relied on without asking: half a session timeout from when the older of two acknowledged writes
 * was sent, which were sent at least one tick of the servers apart.
 *
 * <p>A leader learns of a session at a follower by that follower's next ping, within a tick; so when the newer write went
 * through, the leader had heard of the session after the older was sent, and keeps it for a whole timeout from there. A tick
 * is taken to be at most a quarter of the session timeout, as servers demand whose sessions outlast a follower's partition
 * (design, section 3).
 *
 * <p>By the monotonic clock, so that a process that was stopped finds it over when it goes on. Guarded by its user.
 */
final class LocalLease {
    /** The most that a tick of the servers is, in session timeouts. */
    private static final int TICKS = 4;

    private static final int HALF = 2;

    private final LongSupplier nanos;
    private final long tick;
    private final long length;
    private final Deque<Long> sent = new ArrayDeque<>();
    private boolean begun;
    private long from;

    LocalLease(Duration sessionTimeout, LongSupplier nanos) {
        this.nanos = nanos;
        this.tick = sessionTimeout.toNanos() / TICKS;
        this.length = sessionTimeout.toNanos() / HALF;
    }

    /** A write of the session that was sent then has been acknowledged; in the order of sending. */
    void acknowledged(long sentAt) {
        while (!sent.isEmpty() && sentAt - sent.peekFirst() >= tick) {
            from = sent.removeFirst();
            begun = true;
        }
        sent.addLast(sentAt);
    }

    boolean isFresh() {
        return begun && nanos.getAsLong() - from < length;
    }

    /** A write that was sent then and acknowledged now: whether it may be relied on by itself. */
    boolean isRecent(long sentAt) {
        return nanos.getAsLong() - sentAt < length;
    }
}
