package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.util.concurrent.CompletableFuture;

/** Acquires file locks for one agent. Thread-safe; every thread of the agent shares what the agent holds. */
public final class FileLocks {
    /**
     * Acquires, waiting as the options say.
     *
     * @throws InterruptedException when interrupted while waiting; nothing is left behind
     * @throws io.bumba.BumbaException when the servers do not answer, or a limit is passed
     */
    public LockResult acquire(RepoPath path, LockOptions options) throws InterruptedException {
        throw new UnsupportedOperationException("stub " + path + options);
    }

    /** {@link #acquire} without a thread that waits; cancelling the future leaves nothing behind. */
    public CompletableFuture<LockResult> acquireAsync(RepoPath path, LockOptions options) {
        throw new UnsupportedOperationException("stub " + path + options);
    }
}
