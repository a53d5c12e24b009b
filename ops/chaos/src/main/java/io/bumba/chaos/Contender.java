package io.bumba.chaos;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A contender that stood in some file's line, with what the servers' logs tell about it.
 *
 * <p>Written by {@link Replay} only; read when that is done.
 */
final class Contender {
    private final String file;
    private final Contending name;
    private final long czxid;
    private final long session;
    private final String agent;
    private final @Nullable Waiter waited;
    private final List<Waiter> waiters;
    private boolean first;
    private boolean broken;

    /**
     * @param waited the place in the queue that it came from; null for a newcomer
     * @param waiters those who stood in the queue when it was made
     */
    Contender(
            String file,
            Contending name,
            long czxid,
            long session,
            String agent,
            @Nullable Waiter waited,
            List<Waiter> waiters) {
        this.file = file;
        this.name = name;
        this.czxid = czxid;
        this.session = session;
        this.agent = agent;
        this.waited = waited;
        this.waiters = List.copyOf(waiters);
    }

    String file() {
        return file;
    }

    Contending name() {
        return name;
    }

    /** Its fencing token. */
    long czxid() {
        return czxid;
    }

    String agent() {
        return agent;
    }

    @Nullable
    Waiter waited() {
        return waited;
    }

    List<Waiter> waiters() {
        return waiters;
    }

    /** Whether nobody who excludes it ever stood before it at some moment. */
    boolean wasFirst() {
        return first;
    }

    void becomesFirst() {
        first = true;
    }

    /** Whether another session than its own deleted it. */
    boolean wasBroken() {
        return broken;
    }

    void endedBy(long deleter) {
        broken = deleter != session;
    }

    @Override
    public String toString() {
        return name.name() + " of " + agent + " (czxid 0x" + Long.toHexString(czxid) + ")";
    }
}
