package io.bumba.chaos;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.path.RepoPath;
import io.bumba.testkit.LockHistory;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One random {@link Step} after another, each written down. For one thread. */
final class Steps implements Act {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LEASE = Duration.ofMillis(150);

    private final Staff staff;
    private final LockHistory.Writer history;
    private final Errands errands;
    private final Workload workload;
    private final SplittableRandom random;
    private long steps;

    Steps(Staff staff, LockHistory.Writer history, Errands errands, Workload workload, SplittableRandom random) {
        this.staff = staff;
        this.history = history;
        this.errands = errands;
        this.workload = workload;
        this.random = random;
    }

    static RepoPath path(int file) {
        return RepoPath.of("dir" + file % 2 + "/file" + file);
    }

    @Override
    public void perform() throws InterruptedException {
        Agent agent = staff.living();
        if (agent == null) {
            return;
        }
        steps++;
        Step step = Step.draw(workload, random);
        Optional<LockGrant> grant = ask(agent, step);
        if (grant.isPresent()) {
            use(agent, step, grant.get());
        }
    }

    @Override
    public void dismiss() {
        staff.dismiss();
    }

    @Override
    public Told told() {
        return new Told(steps, 0, 0);
    }

    // ---- asking
    // -----------------------------------------------------------------------------------------------------

    private Optional<LockGrant> ask(Agent agent, Step step) throws InterruptedException {
        LockOptions options = LockOptions.waitUpTo(step.patience()).withPriority(step.priority());
        if (step.use() == Step.Use.LEASED) {
            options = options.forAtMost(LEASE);
        }
        if (step.mode() == LockMode.SHARED) {
            options = options.shared();
        }
        return ask(agent, path(step.file()), options, step.manner(), step.givesUp());
    }

    private Optional<LockGrant> ask(
            Agent agent, RepoPath path, LockOptions options, Step.Manner manner, Duration givesUp)
            throws InterruptedException {
        FileLocks locks = staff.locks(agent);
        Duration patience = options.patience() == null ? Duration.ZERO : options.patience();
        long request = history.request(agent.id().value(), path.value(), options.mode(), options.priority(), patience);
        try {
            LockResult result =
                    switch (manner) {
                        case WAIT -> locks.acquire(path, options);
                        case INTERRUPT -> interrupted(locks, path, options, givesUp);
                        case ASYNC -> locks.acquireAsync(path, options).get();
                        case CANCEL -> cancelled(locks, path, options, givesUp);
                    };
            history.outcome(request, Answer.of(result), Answer.token(result));
            return result.grant();
        } catch (CancellationException e) {
            history.outcome(request, Answer.CANCELLED, 0);
        } catch (BumbaException e) {
            history.outcome(request, Answer.of(e), 0);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof BumbaException known)) {
                throw new IllegalStateException("no answer but an error", e);
            }
            history.outcome(request, Answer.of(known), 0);
        } catch (InterruptedException e) {
            if (manner != Step.Manner.INTERRUPT) {
                throw e;
            }
            history.outcome(request, Answer.INTERRUPTED, 0);
        }
        return Optional.empty();
    }

    private LockResult cancelled(FileLocks locks, RepoPath path, LockOptions options, Duration givesUp)
            throws InterruptedException, ExecutionException {
        CompletableFuture<LockResult> answer = locks.acquireAsync(path, options);
        Future<?> cancel = errands.after(givesUp, () -> answer.cancel(false));
        try {
            return answer.get();
        } finally {
            cancel.cancel(false);
        }
    }

    private LockResult interrupted(FileLocks locks, RepoPath path, LockOptions options, Duration givesUp)
            throws InterruptedException {
        Interrupt interrupt = new Interrupt(Thread.currentThread());
        Future<?> timer = errands.after(givesUp, interrupt::strike);
        try {
            return locks.acquire(path, options);
        } finally {
            timer.cancel(false);
            interrupt.over();
        }
    }

    /** Interrupts a thread, unless what was to be interrupted is over. */
    private static final class Interrupt {
        private final Thread target;
        private boolean over;

        Interrupt(Thread target) {
            this.target = target;
        }

        synchronized void strike() {
            if (!over) {
                target.interrupt();
            }
        }

        /** Afterwards the thread is not interrupted, and will not be. */
        synchronized void over() {
            over = true;
            boolean late = Thread.interrupted();
            assert late || !target.isInterrupted();
        }
    }

    // ---- using
    // ------------------------------------------------------------------------------------------------------

    private void use(Agent agent, Step step, LockGrant grant) throws InterruptedException {
        Recorded held = Recorded.of(history, agent, grant);
        switch (step.use()) {
            case PLAIN, LEASED -> {
                hold(held, step.hold());
                giveBack(held);
            }
            case RELEASED_ELSEWHERE -> {
                hold(held, step.hold());
                held.ending();
                errands.run(() -> release(grant));
            }
            case REENTRANT -> {
                LockOptions again = LockOptions.tryNow();
                Optional<LockGrant> second = ask(
                        agent,
                        grant.path(),
                        grant.mode() == LockMode.SHARED ? again.shared() : again,
                        Step.Manner.WAIT,
                        SHORT);
                if (second.isEmpty()) {
                    giveBack(held);
                    return;
                }
                Recorded inner = Recorded.of(history, agent, second.get());
                giveBack(held);
                hold(inner, step.hold());
                giveBack(inner);
            }
            case NESTED -> {
                Optional<LockGrant> other = ask(
                        agent,
                        path((step.file() + 1) % workload.files()),
                        LockOptions.waitUpTo(SHORT),
                        Step.Manner.WAIT,
                        SHORT);
                hold(held, step.hold());
                if (other.isPresent()) {
                    giveBack(Recorded.of(history, agent, other.get()));
                }
                giveBack(held);
            }
            case AGENT_ENDS -> {
                RepoPath other = path((step.file() + 1) % workload.files());
                LockOptions waiting = LockOptions.waitUpTo(step.patience());
                long request = history.request(
                        agent.id().value(), other.value(), waiting.mode(), waiting.priority(), step.patience());
                CompletableFuture<LockResult> answer = staff.locks(agent).acquireAsync(other, waiting);
                hold(held, step.hold());
                held.ending();
                end(agent);
                awaitLost(request, answer);
            }
        }
    }

    /** Without servers its end is not confirmed in time; it goes on by itself. */
    private static void end(Agent agent) {
        try {
            agent.close();
        } catch (BumbaException unconfirmed) {
            if (unconfirmed.code() != BumbaException.Code.UNAVAILABLE) {
                throw unconfirmed;
            }
        }
    }

    /** What an agent that ended had asked for is answered, with no grant that anybody would have to give back. */
    private void awaitLost(long request, CompletableFuture<LockResult> answer) throws InterruptedException {
        try {
            LockResult result = answer.get();
            history.outcome(request, Answer.of(result), Answer.token(result));
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof BumbaException known)) {
                throw new IllegalStateException("no answer but an error", e);
            }
            history.outcome(request, Answer.of(known), 0);
        }
    }

    /** Holds it for a while, looking again and again whether it is still valid. */
    private static void hold(Recorded held, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (held.look() && System.nanoTime() < end) {
            LockSupport.parkNanos(Math.min(LOOK_NANOS, Math.max(1, end - System.nanoTime())));
        }
    }

    private static void giveBack(Recorded held) {
        held.ending();
        release(held.grant());
    }

    /** Gives back, however the answer is. */
    static void release(LockGrant grant) {
        try {
            grant.release();
        } catch (BumbaException unconfirmed) {
            // Goes on in the background; what stays behind is found at the end.
        }
    }
}
