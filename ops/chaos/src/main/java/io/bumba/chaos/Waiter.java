package io.bumba.chaos;

import org.jspecify.annotations.Nullable;

/** A place in some file's queue, as the servers' logs tell. Written by {@link Replay} only; read when that is done. */
final class Waiter {
    private final Queueing name;
    private final long czxid;
    private final String agent;
    private @Nullable Contender became;

    Waiter(Queueing name, long czxid, String agent) {
        this.name = name;
        this.czxid = czxid;
        this.agent = agent;
    }

    Queueing name() {
        return name;
    }

    long czxid() {
        return czxid;
    }

    String agent() {
        return agent;
    }

    /** The contender that it became; null when it left the queue otherwise. */
    @Nullable
    Contender became() {
        return became;
    }

    void becomes(Contender contender) {
        became = contender;
    }

    @Override
    public String toString() {
        return name.digit() + (name.exclusive() ? "-W-" : "-R-") + name.own() + "-" + name.sequence() + " of " + agent
                + " (czxid 0x" + Long.toHexString(czxid) + ")";
    }
}
