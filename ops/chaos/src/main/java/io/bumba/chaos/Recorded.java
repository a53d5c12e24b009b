package io.bumba.chaos;

import io.bumba.agent.Agent;
import io.bumba.lock.LockGrant;
import io.bumba.testkit.LockHistory;

/** A grant whose every look at its validity is written down. For one thread. */
final class Recorded {
    private final LockHistory.Writer history;
    private final LockGrant grant;
    private final long number;
    private boolean ended;

    private Recorded(LockHistory.Writer history, LockGrant grant, long number, boolean ended) {
        this.history = history;
        this.grant = grant;
        this.number = number;
        this.ended = ended;
    }

    static Recorded of(LockHistory.Writer history, Agent agent, LockGrant grant) {
        long now = System.nanoTime();
        if (!grant.isValid()) {
            return new Recorded(history, grant, 0, true);
        }
        long number = history.grant(
                now,
                agent.id().value(),
                grant.path().value(),
                grant.mode(),
                grant.token().zxid());
        return new Recorded(history, grant, number, false);
    }

    LockGrant grant() {
        return grant;
    }

    /** Whether it is valid now. */
    boolean look() {
        long now = System.nanoTime();
        if (ended) {
            return false;
        }
        if (grant.isValid()) {
            history.valid(now, number);
        } else {
            history.lost(number);
            ended = true;
        }
        return !ended;
    }

    /** Call right before it is given back. */
    void ending() {
        if (look()) {
            history.release(number);
            ended = true;
        }
    }
}
