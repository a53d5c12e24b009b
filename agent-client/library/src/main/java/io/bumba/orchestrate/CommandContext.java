package io.bumba.orchestrate;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.FileLocks;
import io.bumba.lock.GrantSet;
import io.bumba.territory.TerritoryGrant;
import java.util.Optional;
import java.util.concurrent.Executor;

/** What a running command has. Thread-safe; of no use when the command has ended. */
public final class CommandContext {
    private final Bumba bumba;
    private final Assignment assignment;
    private final Held held;

    CommandContext(Bumba bumba, Assignment assignment, Held held) {
        this.bumba = bumba;
        this.assignment = assignment;
        this.held = held;
    }

    /** The command's own agent; it ends with the command. */
    public Agent agent() {
        return assignment.agent();
    }

    /** The agent's file locks, to take more of them; all are given back at the end. */
    public FileLocks locks() {
        return bumba.locks(agent());
    }

    /** The files that were locked for it, if it asked for any. */
    public Optional<GrantSet> grants() {
        return held.grants();
    }

    /** The territory that is held for it, if it asked for one. */
    public Optional<TerritoryGrant> territory() {
        return held.territory();
    }

    /**
     * Whether to stop: a lock, the territory or the agent was lost, an operator has revoked the territory, or the runner is
     * being closed. False may be out of date the moment it is returned.
     */
    public boolean isStopped() {
        return assignment.stop().isSaid();
    }

    /** Why to stop, or empty. */
    public Optional<String> stopReason() {
        return assignment.stop().why();
    }

    /** Runs the callback once, on the executor, when it is time to stop, at the end of the command at the latest. */
    public void onStop(Executor executor, Runnable callback) {
        assignment.stop().then(executor, callback);
    }
}
