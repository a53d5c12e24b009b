package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Session;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

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
     * For one that others were quicker than again and again: looks anew and goes on while no change of this process, and of no
     * other that takes turns, comes between.
     *
     * @param then sends one transaction on the version of the passage, and changes no territory
     * @param otherwise the answer where the way is not open
     */
    <T> CompletableFuture<T> inTurn(
            Session session,
            String agent,
            RepoPath path,
            LockMode mode,
            Function<Passage.Open, CompletableFuture<T>> then,
            T otherwise);

    /**
     * Who blocks an agent that waits for a territory; nobody when it waits no longer. Asked in the search for deadlocks of
     * waits made by {@link TerritoryWait}.
     *
     * @param request the znode of its place among those that wait for territories
     */
    CompletableFuture<List<Obstacle>> obstacles(Session session, String request);
}
