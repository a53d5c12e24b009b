package io.bumba.orchestrate;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.agent.AgentSpec;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Runs sprints, each inside a territory of its own and with a lead of its own.
 *
 * <p>A sprint starts only when its whole area is allocated, so departments whose areas overlap never work at once: one is
 * {@link SprintResult.Blocked}, or waits as its request says ({@link TerritoryRequest#waitUpTo}). Whatever the sprint does,
 * throwing an Error and being interrupted included, its children have ended, its territory is released and its lead has
 * ended when the answer is there; what ZooKeeper does not confirm by then goes on in the background. {@link
 * SprintResult.Finished} is answered only when the territory was held until the sprint's code had returned.
 *
 * <pre>{@code
 * Department technical = new Department("technical", bumba, AgentSpec.of("Lead", "Ada"));
 * SprintResult<Integer> result = technical.run(TerritoryRequest.of("login", PathPatterns.of("src/auth/")), sprint -> {
 *     Agent child = sprint.spawn(AgentSpec.of("Engineer", "Bob"));
 *     ...
 *     return 7;
 * });
 * }</pre>
 *
 * <p>Nobody stops code that does not look: a sprint whose territory was lost goes on until it returns. Threads and processes
 * that it starts are its own to end. Thread-safe; any number of sprints may run at once.
 */
public final class Department {
    private final String name;
    private final Bumba bumba;
    private final AgentSpec lead;

    /**
     * @param name the department of lead and children, {@code [A-Za-z0-9_.:-]}, 1 to 64 characters
     * @param bumba stays open while sprints run, and is not closed here
     * @param lead how each sprint's lead registers
     */
    public Department(String name, Bumba bumba, AgentSpec lead) {
        this.name = name;
        this.bumba = bumba;
        this.lead = lead.inDepartment(name);
    }

    public String name() {
        return name;
    }

    /**
     * Allocates the territory, runs the sprint on this thread, and gives everything back.
     *
     * @throws InterruptedException when interrupted while waiting for the territory, or when the sprint throws it; nothing is
     *     left behind
     * @throws BumbaException when the sprint could not start: the servers do not answer, or a limit is passed
     */
    public <T> SprintResult<T> run(TerritoryRequest request, Sprint<T, ?> sprint) throws InterruptedException {
        Assignment assignment = Assignment.begin(bumba, lead, new Stop());
        AllocateResult answer;
        try {
            answer = bumba.territories(assignment.agent()).allocate(request);
        } catch (InterruptedException | RuntimeException | Error e) {
            assignment.end();
            throw e;
        }
        return go(assignment, answer, sprint);
    }

    /**
     * {@link #run} on the executor, where no thread waits for the territory. Cancelling the future gives up the wait, or tells
     * the sprint to stop ({@link SprintContext#isStopped}); it then ends in its own time. The future fails with {@link
     * BumbaException} when the sprint could not start, and with an Error or InterruptedException of the sprint.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the executor takes no more; nothing has begun
     */
    public <T> CompletableFuture<SprintResult<T>> runAsync(
            TerritoryRequest request, Sprint<T, ?> sprint, Executor executor) {
        SprintRun<T> run = new SprintRun<>(this, request, sprint, executor);
        executor.execute(run::begin);
        return run.delivered();
    }

    Bumba bumba() {
        return bumba;
    }

    AgentSpec lead() {
        return lead;
    }

    /** The sprint with the answer to its request, and the end of the assignment whatever happens. */
    <T> SprintResult<T> go(Assignment assignment, AllocateResult answer, Sprint<T, ?> sprint)
            throws InterruptedException {
        Optional<String> lost = Optional.empty();
        SprintResult<T> result;
        try {
            Optional<TerritoryGrant> grant = answer.grant();
            result = grant.isPresent() ? held(assignment, grant.get(), sprint) : new SprintResult.Blocked<>(answer);
        } finally {
            lost = assignment.end();
        }
        return lost.isEmpty() || result instanceof SprintResult.Blocked
                ? result
                : new SprintResult.Lost<>(lost.get(), result);
    }

    private <T> SprintResult<T> held(Assignment assignment, TerritoryGrant grant, Sprint<T, ?> sprint)
            throws InterruptedException {
        assignment.hold(new TerritoryTenure(grant, assignment.agent(), assignment.patience()));
        SprintContext context = new SprintContext(bumba, name, assignment, grant);
        try {
            return new SprintResult.Finished<>(sprint.run(context));
        } catch (Exception e) {
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            return new SprintResult.Failed<>(e);
        }
    }
}
