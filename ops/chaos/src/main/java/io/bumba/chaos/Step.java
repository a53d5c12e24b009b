package io.bumba.chaos;

import io.bumba.lock.LockMode;
import io.bumba.lock.Priority;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One thing that an agent does: a request, and what becomes of its grant. Drawn whole, so that the same random numbers
 * give the same steps whatever the answers are.
 *
 * @param file which one
 * @param patience zero for a try
 * @param manner how it asks
 * @param givesUp when a request that is cancelled or interrupted is
 * @param hold how long the lock is held
 * @param use what is done with the grant
 */
record Step(
        int file,
        LockMode mode,
        Priority priority,
        Duration patience,
        Manner manner,
        Duration givesUp,
        Duration hold,
        Use use) {
    /** How it asks. */
    enum Manner {
        WAIT,
        ASYNC,
        CANCEL,
        INTERRUPT
    }

    /** What is done with the grant. */
    enum Use {
        /** Held and given back. */
        PLAIN,
        /** Given back by another thread. */
        RELEASED_ELSEWHERE,
        /** Acquired once more; the first count is given back first. */
        REENTRANT,
        /** Another file is asked for meanwhile. */
        NESTED,
        /** Held for at most a lease, which may end first. */
        LEASED,
        /** The agent ends while it holds, and waits for another file. */
        AGENT_ENDS
    }

    private static final List<Priority> PRIORITIES = List.of(Priority.values());
    private static final Manner[] ODD_MANNERS = {Manner.ASYNC, Manner.CANCEL, Manner.INTERRUPT};
    private static final Use[] ODD_USES = {
        Use.RELEASED_ELSEWHERE,
        Use.RELEASED_ELSEWHERE,
        Use.REENTRANT,
        Use.REENTRANT,
        Use.NESTED,
        Use.LEASED,
        Use.AGENT_ENDS
    };

    static Step draw(Workload workload, SplittableRandom random) {
        int file = random.nextInt(workload.files());
        LockMode mode = chance(random, workload.shared()) ? LockMode.SHARED : LockMode.EXCLUSIVE;
        Priority priority = PRIORITIES.get(random.nextInt(PRIORITIES.size()));
        long wait = 1 + random.nextLong(workload.patience());
        long patience = chance(random, workload.tries()) ? 0 : wait;
        int manner = random.nextInt(ODD_MANNERS.length);
        boolean oddManner = chance(random, workload.oddities());
        long givesUp = 1 + random.nextLong(wait);
        long most = chance(random, 5) ? workload.longHold() : workload.hold();
        long hold = random.nextLong(most + 1);
        int use = random.nextInt(ODD_USES.length);
        boolean oddUse = chance(random, workload.oddities());
        return new Step(
                file,
                mode,
                priority,
                Duration.ofMillis(patience),
                oddManner ? ODD_MANNERS[manner] : Manner.WAIT,
                Duration.ofMillis(givesUp),
                Duration.ofMillis(hold),
                oddUse ? ODD_USES[use] : Use.PLAIN);
    }

    private static boolean chance(SplittableRandom random, int percent) {
        return random.nextInt(100) < percent;
    }
}
