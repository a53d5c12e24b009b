package io.bumba.orchestrate;

import io.bumba.territory.AllocateResult;
import io.bumba.territory.TerritoryRequest;
import io.bumba.zk.Async;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * A sprint for whose territory no thread waits. Its steps follow each other on the executor:
 *
 * <pre>
 *   begin: register the lead, ask for the territory --answer--> run the sprint, end all --> delivered
 *     `-- cancelled -------------------------------------------> end all
 * </pre>
 */
final class SprintRun<T> {
    private final Department department;
    private final TerritoryRequest request;
    private final Sprint<T, ?> sprint;
    private final Executor executor;
    private final Stop stop = new Stop();
    private final CompletableFuture<SprintResult<T>> delivered = new CompletableFuture<>();

    SprintRun(Department department, TerritoryRequest request, Sprint<T, ?> sprint, Executor executor) {
        this.department = department;
        this.request = request;
        this.sprint = sprint;
        this.executor = executor;
        Async.then(delivered, done -> {}, failure -> {
            if (delivered.isCancelled()) {
                stop.say("the sprint was cancelled");
            }
        });
    }

    CompletableFuture<SprintResult<T>> delivered() {
        return delivered;
    }

    void begin() {
        if (delivered.isDone()) {
            return;
        }
        try {
            Assignment assignment = Assignment.begin(department.bumba(), department.lead(), stop);
            ask(assignment);
        } catch (RuntimeException | Error e) {
            delivered.completeExceptionally(e);
        }
    }

    private void ask(Assignment assignment) {
        CompletableFuture<AllocateResult> asked;
        try {
            asked = department.bumba().territories(assignment.agent()).allocateAsync(request);
        } catch (RuntimeException | Error e) {
            assignment.end();
            throw e;
        }
        Async.then(delivered, done -> {}, failure -> {
            if (delivered.isCancelled()) {
                asked.cancel(false);
            }
        });
        Async.then(
                asked,
                answer -> next(assignment, () -> go(assignment, answer)),
                failure -> next(assignment, () -> {
                    assignment.end();
                    delivered.completeExceptionally(failure);
                }));
    }

    /** On the executor; when that takes no more, what was begun is ended by the thread that is here. */
    private void next(Assignment assignment, Runnable step) {
        try {
            executor.execute(step);
        } catch (RejectedExecutionException closing) {
            assignment.end();
            delivered.completeExceptionally(closing);
        }
    }

    private void go(Assignment assignment, AllocateResult answer) {
        if (delivered.isCancelled()) {
            assignment.end();
            return;
        }
        try {
            delivered.complete(department.go(assignment, answer, sprint));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            delivered.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            delivered.completeExceptionally(e);
        }
    }
}
