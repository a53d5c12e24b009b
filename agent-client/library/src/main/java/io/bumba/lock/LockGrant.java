package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One count of a held lock. A lock can be lost: check {@link #isValid()} before each effect, listen with
 * {@link #onLost}, and pass {@link #token()} to whatever can refuse an older one. Thread-safe; any thread may release.
 */
public interface LockGrant extends AutoCloseable {
    RepoPath path();

    LockMode mode();

    FencingToken token();

    /**
     * Whether the lock is held now as far as this process can know without asking: not given back, not lost, the
     * connection up, the session verified since it last was down, and the process not paused meanwhile. Costs no round
     * trip. False is final after {@link ReleaseResult#LOST}; after SUSPENDED it may become true again. True may be out of
     * date the moment it is returned: a pause may follow.
     */
    boolean isValid();

    /** Asks the ensemble, by a write, whether the lock is held. Completes with false when it is not, or cannot be known. */
    CompletionStage<Boolean> verify();

    /**
     * Runs the callback once, on the executor, when the lock is lost before it is given back; at once if it already was.
     * Never runs after a {@link #release()} that returned {@link ReleaseResult#RELEASED}.
     */
    void onLost(Executor executor, Runnable callback);

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
