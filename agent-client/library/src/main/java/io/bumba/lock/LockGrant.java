package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One count of a held lock. A lock can be lost: check {@link #isValid()} before each effect, listen with
 * {@link #onLost}, and pass {@link #token()} to whatever can refuse an older one. Thread-safe; any thread may release.
 */
public interface LockGrant extends AutoCloseable {
    RepoPath path();

    /** How the agent holds the file now: an upgrade or downgrade is seen by all its grants of the file. */
    LockMode mode();

    /** The fencing token now; larger after an upgrade. */
    FencingToken token();

    /**
     * Whether the lock is held now as far as this process can know without asking: not given back, not lost, its lease not
     * over, the connection up, the session verified since it last was down, and the process not paused meanwhile. Costs no
     * round trip. False is final after {@link ReleaseResult#LOST}; after SUSPENDED it may become true again. True may be
     * out of date the moment it is returned: a pause may follow.
     */
    boolean isValid();

    /** Asks the ensemble, by a write, whether the lock is held. Completes with false when it is not, or cannot be known. */
    CompletionStage<Boolean> verify();

    /**
     * Runs the callback once, on the executor, when the lock is lost before it is given back, the end of its lease
     * included; at once if it already was. Never runs after a {@link #release()} that returned
     * {@link ReleaseResult#RELEASED}.
     */
    void onLost(Executor executor, Runnable callback);

    /** What is left of the lease, or empty when the grant has none. A grant inside another ends with it at the latest. */
    Optional<Duration> leaseLeft();

    /**
     * Runs the callback, on the executor, each time the lease is about to end: a fifth of it before, at most ten seconds; at
     * once if that time has come. Does nothing when there is no lease.
     */
    void onLeaseEnding(Executor executor, Runnable callback);

    /**
     * Begins the lease anew, with this length. Completes with false when the lock has ended, or the servers' answer was lost:
     * then it ends at the earlier of the old end and the new one.
     *
     * @throws IllegalStateException when the grant has no lease
     * @throws IllegalArgumentException when the length is out of the bounds of {@link LockOptions}
     */
    CompletionStage<Boolean> renew(Duration lease);

    /**
     * From EXCLUSIVE to SHARED, with no moment in which nobody holds: waiting readers get the file, nobody writes in between.
     * The token stays. Completes with false when the lock has ended. Does nothing when it is shared already. The way back is
     * {@code acquire} with EXCLUSIVE, which is refused while anybody else stands in the line. Fails with {@link
     * LockRefusedException} when a territory forbids it, and is held as before.
     *
     * @throws IllegalStateException when the agent has other grants of the file, which count on its being exclusive
     */
    CompletionStage<Boolean> downgrade();

    /**
     * Gives this count back, and waits until the last one is confirmed gone.
     *
     * @throws io.bumba.BumbaException RELEASE_UNCONFIRMED when the servers did not confirm within the operation timeout;
     *     the release goes on in the background
     */
    ReleaseResult release();

    /** {@link #release()} without waiting for it. */
    CompletionStage<ReleaseResult> releaseAsync();

    /**
     * {@link #release()} for try-with-resources: giving back twice is harmless.
     *
     * @throws io.bumba.BumbaException LOCK_LOST when the lock had ended before: what the block did was not protected
     */
    @Override
    void close();
}
