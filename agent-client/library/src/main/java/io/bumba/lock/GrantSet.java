package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Several files, all held. Thread-safe. */
public final class GrantSet implements AutoCloseable {
    private final List<LockGrant> grants;
    private final Duration patience;

    /**
     * @param grants in canonical order of their files
     * @param patience how long a release waits for its confirmation
     */
    public GrantSet(List<LockGrant> grants, Duration patience) {
        this.grants = List.copyOf(grants);
        this.patience = patience;
    }

    /** In canonical order of the files. */
    public List<LockGrant> grants() {
        return grants;
    }

    /** Whether each of them {@link LockGrant#isValid is valid}. */
    public boolean isValid() {
        return grants.stream().allMatch(LockGrant::isValid);
    }

    /** {@link LockGrant#onLost} of each. */
    public void onLost(Executor executor, Consumer<RepoPath> callback) {
        grants.forEach(grant -> grant.onLost(executor, () -> callback.accept(grant.path())));
    }

    /**
     * Gives all back, and waits until they are confirmed gone.
     *
     * @return the files whose lock had ended before: what was done to them is not protected. Those that were given back
     *     before this call are not among them
     * @throws BumbaException RELEASE_UNCONFIRMED when the servers did not confirm all of them; it goes on in the background
     */
    public List<RepoPath> release() {
        return Confirmation.await(releaseAsync(), patience, grants.size() + " files");
    }

    /** {@link #release()} without waiting; completes with the files whose lock had ended before. */
    public CompletableFuture<List<RepoPath>> releaseAsync() {
        List<LockGrant> backwards = new ArrayList<>(grants);
        Collections.reverse(backwards);
        List<RepoPath> lost = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<?>[] releases = backwards.stream()
                .map(grant -> grant.releaseAsync().thenAccept(result -> {
                    if (result == ReleaseResult.LOST) {
                        lost.add(grant.path());
                    }
                }))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(releases)
                .thenApply(all -> lost.stream().sorted().toList());
    }

    /**
     * {@link #release()} for try-with-resources.
     *
     * @throws BumbaException LOCK_LOST when one of the locks had ended before
     */
    @Override
    public void close() {
        List<RepoPath> lost = release();
        if (!lost.isEmpty()) {
            throw new BumbaException(
                    BumbaException.Code.LOCK_LOST,
                    "the locks on " + lost + " ended before they were given back; what was done since is not protected:"
                            + " check the files, then lock them anew");
        }
    }
}
