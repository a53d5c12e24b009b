package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Session;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What the territories of the workspace say to locks. Every creation of a contender checks the version of the ledger that
 * it was decided on, so a lock and a territory cannot miss each other (P8). Futures fail with {@link
 * io.bumba.BumbaException} or with the end of the session. Thread-safe.
 */
public interface Borders {
    /** The znode of the ledger, whose version is checked. */
    String ledger();

    /**
     * Whether the agent may make a contender. {@link Passage.Open} and {@link Passage.Pending} come from a copy that may be
     * stale, for the check decides; a refusal was true while it was asked.
     */
    CompletableFuture<Passage> passage(Session session, String agent, RepoPath path, LockMode mode);

    /** Looks again, after a transaction was refused for the version. */
    CompletableFuture<Void> refresh(Session session);

    /**
     * Who blocks an agent that waits for a territory; nobody when it waits no longer. Asked in the search for deadlocks of
     * waits made by {@link TerritoryWait}.
     *
     * @param request the znode of its place among those that wait for territories
     */
    CompletableFuture<List<Obstacle>> obstacles(Session session, String request);
}
