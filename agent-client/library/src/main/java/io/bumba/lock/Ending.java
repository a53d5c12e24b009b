package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Why a request ends without a hold. */
sealed interface Ending {
    /** Whether its answer says who is in the way. */
    default boolean isExplained() {
        return false;
    }

    /**
     * The answer.
     *
     * @param seen who is in the way; nobody when it is not explained, or when that was not learnt in time
     * @throws BumbaException when the request ends in a failure
     */
    LockResult refusal(RepoPath path, LockEntry seen);

    /** Somebody is in the way, and it does not want to wait. */
    record Refused() implements Ending {
        @Override
        public boolean isExplained() {
            return true;
        }

        @Override
        public LockResult refusal(RepoPath path, LockEntry seen) {
            return new LockResult.Held(path, seen.holders(), seen.waiters().size(), mutex(seen));
        }
    }

    /** Its patience is over. */
    record TimedOut() implements Ending {
        @Override
        public boolean isExplained() {
            return true;
        }

        @Override
        public LockResult refusal(RepoPath path, LockEntry seen) {
            return new LockResult.TimedOut(path, seen.holders(), seen.waiters().size(), mutex(seen));
        }
    }

    /**
     * It was to be answered at once, and the servers did not say in time.
     *
     * @param pending whether they said that a territory is being allocated there
     */
    record Unanswered(Duration within, boolean pending) implements Ending {
        @Override
        public LockResult refusal(RepoPath path, LockEntry seen) {
            throw new BumbaException(
                    BumbaException.Code.UNAVAILABLE,
                    pending
                            ? "a territory was being allocated over " + path + " for more than " + within.toMillis()
                                    + " ms; it was not locked: try again"
                            : "ZooKeeper did not answer within " + within.toMillis() + " ms; " + path
                                    + " was not locked: no quorum, or no connection; try again");
        }
    }

    /** A territory keeps it out. */
    record Forbidden(Claim claim) implements Ending {
        @Override
        public LockResult refusal(RepoPath path, LockEntry seen) {
            return new LockResult.TerritoryForbids(path, claim);
        }
    }

    /** It is the wait that breaks a deadlock. */
    record InDeadlock(List<DeadlockLink> cycle) implements Ending {
        @Override
        public LockResult refusal(RepoPath path, LockEntry seen) {
            return new LockResult.Deadlock(path, cycle);
        }
    }

    /** It, its agent or its connection is no more. */
    record Gone(String why) implements Ending {
        static final Gone CANCELLED = new Gone("the request was cancelled");
        static final Gone AGENT_ENDED = new Gone("the agent ended");

        @Override
        public LockResult refusal(RepoPath path, LockEntry seen) {
            return new LockResult.Lost(path, why);
        }
    }

    private static Optional<String> mutex(LockEntry seen) {
        return seen.foreign().stream().filter(Contender::isMutex).findFirst();
    }
}
