package io.bumba.orchestrate;

import io.bumba.BumbaException;
import io.bumba.lock.GrantSet;
import io.bumba.path.RepoPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that are locked. */
final class LockTenure implements Tenure {
    private static final Logger LOG = LoggerFactory.getLogger(LockTenure.class);

    private final GrantSet grants;
    private final Duration patience;

    /** @param patience how long to wait for ZooKeeper at the end */
    LockTenure(GrantSet grants, Duration patience) {
        this.grants = grants;
        this.patience = patience;
    }

    @Override
    public void watch(Stop stop) {
        grants.onLost(Runnable::run, path -> stop.say("the lock of " + path + " is lost"));
    }

    @Override
    public Optional<String> giveBack() {
        CompletableFuture<List<RepoPath>> released = grants.releaseAsync();
        try {
            List<RepoPath> lost =
                    Calm.await(released, patience, "release " + grants.grants().size() + " locks");
            return lost.isEmpty()
                    ? Optional.empty()
                    : Optional.of("the locks of " + lost + " ended before the command did");
        } catch (BumbaException e) {
            LOG.warn(
                    "the release of {} locks is not confirmed; it goes on in the background",
                    grants.grants().size(),
                    e);
            return Optional.of("the release of the locks is not confirmed: " + e.getMessage());
        }
    }
}
