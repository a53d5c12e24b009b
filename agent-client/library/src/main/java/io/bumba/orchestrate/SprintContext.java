package io.bumba.orchestrate;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.FileLocks;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRefusedException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** What a running sprint has. Thread-safe; of no use when the sprint has ended. */
public final class SprintContext {
    private final Bumba bumba;
    private final String department;
    private final Assignment assignment;
    private final TerritoryGrant territory;

    SprintContext(Bumba bumba, String department, Assignment assignment, TerritoryGrant territory) {
        this.bumba = bumba;
        this.department = department;
        this.assignment = assignment;
        this.territory = territory;
    }

    /** Released when the sprint ends. A sprint that releases it or hands it over itself ends as {@link SprintResult.Lost}. */
    public TerritoryGrant territory() {
        return territory;
    }

    /** The owner of the territory; it ends with the sprint. */
    public Agent lead() {
        return assignment.agent();
    }

    /** The lead's file locks. A child's are {@link Bumba#locks}. */
    public FileLocks locks() {
        return bumba.locks(lead());
    }

    /**
     * Registers a child of the lead. When this returns, a transaction of the territory's owner has admitted it: its first
     * lock inside is not refused. It is of the lead's department unless the spec says otherwise, and ends with the sprint, or
     * earlier by {@link Agent#close}. Local grants of the territory are switched off.
     *
     * @throws TerritoryRefusedException when the territory has been lost; no child is left
     * @throws IllegalStateException when the sprint has ended
     * @throws BumbaException LIMIT when {@code maxConcurrentAgents} are registered, UNAVAILABLE when nobody answers,
     *     SESSION_LOST
     * @throws InterruptedException when interrupted while waiting for the admission; no child is left
     */
    public Agent spawn(AgentSpec spec) throws InterruptedException {
        AgentSpec ours = spec.department().isPresent() ? spec : spec.inDepartment(department);
        Agent child = bumba.register(ours.childOf(lead().id()));
        boolean admitted = false;
        try {
            if (!assignment.family().add(child)) {
                throw new IllegalStateException("the sprint in territory " + territory.id() + " has ended");
            }
            // Its registration has admitted it where the parent's territories still stood; this says whether this one
            // did.
            AllocateResult answer =
                    territory.admit(List.of(child.id())).toCompletableFuture().get();
            answer.orElseThrow();
            admitted = true;
            return child;
        } catch (ExecutionException e) {
            throw Calm.failure(e, "admit " + child.id() + " to territory " + territory.id());
        } finally {
            if (!admitted) {
                Family.end(child);
            }
        }
    }

    /** The children that live. */
    public List<Agent> children() {
        return assignment.family().living();
    }

    /**
     * Whether to stop: the territory was lost, or an operator has revoked it and gives time to finish, or the lead was ended,
     * or the future of the sprint was cancelled. False may be out of date the moment it is returned.
     */
    public boolean isStopped() {
        return assignment.stop().isSaid();
    }

    /** Why to stop, or empty. */
    public Optional<String> stopReason() {
        return assignment.stop().why();
    }

    /** Runs the callback once, on the executor, when it is time to stop, at the end of the sprint at the latest. */
    public void onStop(Executor executor, Runnable callback) {
        assignment.stop().then(executor, callback);
    }
}
