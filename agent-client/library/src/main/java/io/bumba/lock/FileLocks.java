package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.Belongings;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Cluster;
import io.bumba.zk.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Acquires file locks for one agent. The agent is one unit: every thread of it shares what it holds, counted, and of its
 * requests for one file one at a time is in the line. Thread-safe.
 */
public final class FileLocks implements Belongings {
    private final Workshop shop;
    private final Agent agent;
    private final Session session;
    private final Duration defaultPatience;

    private final Object lock = new Object();
    private final Map<RepoPath, Desk> desks = new HashMap<>();
    private @Nullable String closed;

    /** @param defaultPatience how long to wait when a request does not say */
    public FileLocks(Workshop shop, Agent agent, Duration defaultPatience) {
        this.shop = shop;
        this.agent = agent;
        this.session = agent.session();
        this.defaultPatience = defaultPatience;
        agent.own(this);
    }

    /**
     * Acquires, waiting as the options say.
     *
     * @throws InterruptedException when interrupted while waiting; nothing is left behind
     * @throws BumbaException when the servers do not answer, or a limit is passed
     */
    public LockResult acquire(RepoPath path, LockOptions options) throws InterruptedException {
        Request request = new Request(path, options);
        submit(request);
        try {
            return request.answer.get();
        } catch (InterruptedException e) {
            request.cancel();
            // It may have been granted in this very moment.
            Async.then(request.answer, late -> late.grant().ifPresent(LockGrant::releaseAsync), cancelled -> {});
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BumbaException known
                    ? known.here()
                    : new BumbaException(BumbaException.Code.PROTOCOL, "could not lock " + path, e);
        }
    }

    /**
     * {@link #acquire} without a thread that waits. The future completes on the connection's callback threads; cancelling
     * it leaves nothing behind.
     */
    public CompletableFuture<LockResult> acquireAsync(RepoPath path, LockOptions options) {
        Request request = new Request(path, options);
        CompletableFuture<LockResult> answer = new CompletableFuture<>();
        Async.then(
                request.answer,
                result -> hand(() -> {
                    if (!answer.complete(result)) {
                        result.grant().ifPresent(LockGrant::releaseAsync);
                    }
                }),
                failure -> hand(() -> answer.completeExceptionally(failure)));
        CompletableFuture<LockResult> unused = answer.whenComplete((result, failure) -> {
            if (answer.isCancelled()) {
                request.cancel();
            }
        });
        submit(request);
        return answer;
    }

    /** To the callback threads, or, when the connection is closed, to the thread that is here. */
    private void hand(Runnable completion) {
        try {
            shop.callbacks().execute(completion);
        } catch (RejectedExecutionException closing) {
            completion.run();
        }
    }

    /** What the agent holds now. */
    public List<RepoPath> held() {
        synchronized (lock) {
            return desks.entrySet().stream()
                    .filter(desk ->
                            desk.getValue().hold != null && desk.getValue().hold.isHeld())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        }
    }

    @Override
    public CompletableFuture<List<String>> surrender() {
        List<Hold> holds = new ArrayList<>();
        List<Acquisition> underWay = new ArrayList<>();
        close("the agent is terminating", holds, underWay);
        underWay.forEach(acquisition -> acquisition.end(Acquisition.Ending.AGENT_ENDED));
        holds.forEach(hold -> hold.lose("its agent terminated"));
        CompletableFuture<?>[] swept = underWay.stream().map(Acquisition::swept).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(swept)
                .thenApply(gone -> holds.stream().map(Hold::node).toList());
    }

    @Override
    public void gone(String why) {
        List<Hold> holds = new ArrayList<>();
        List<Acquisition> underWay = new ArrayList<>();
        close(why, holds, underWay);
        underWay.forEach(acquisition -> acquisition.end(Acquisition.Ending.AGENT_ENDED));
        holds.forEach(hold -> {
            hold.lose(why);
            // The registration may have been deleted while the session lives on.
            delete(hold);
        });
    }

    private void delete(Hold hold) {
        Async.then(Cluster.once(session, s -> s.transaction().delete(hold.node())), outcome -> {});
    }

    private void close(String why, List<Hold> holds, List<Acquisition> underWay) {
        List<Request> refused = new ArrayList<>();
        synchronized (lock) {
            if (closed == null) {
                closed = why;
            }
            for (Desk desk : desks.values()) {
                refused.addAll(desk.joiners);
                desk.joiners.clear();
                if (desk.current != null) {
                    underWay.add(desk.current);
                }
                if (desk.hold != null) {
                    holds.add(desk.hold);
                }
            }
        }
        refused.forEach(request -> request.answer(new LockResult.Lost(request.path, why)));
    }

    // ---- one file
    // ----------------------------------------------------------------------------------------------------

    /** What the agent has and does about one file. Guarded by the lock. */
    private static final class Desk {
        private @Nullable Hold hold;
        private @Nullable Acquisition current;
        private final List<Request> joiners = new ArrayList<>();

        private boolean isIdle() {
            return hold == null && current == null && joiners.isEmpty();
        }
    }

    private void submit(Request request) {
        agent.touch();
        LockResult answer = null;
        Acquisition started = null;
        boolean inspect = false;
        boolean suspended = false;
        synchronized (lock) {
            if (request.answer.isDone()) {
                return;
            }
            if (closed != null) {
                answer = new LockResult.Lost(request.path, closed);
            } else {
                Desk desk = desks.computeIfAbsent(request.path, p -> new Desk());
                Hold hold = desk.hold;
                if (hold != null && hold.isHeld() && request.wantsMoreThan(hold)) {
                    answer = new LockResult.UpgradeRefused(request.path);
                } else if (hold != null) {
                    CountedGrant grant = hold.count(false);
                    if (grant != null) {
                        answer = new LockResult.Granted(grant);
                    } else {
                        join(desk, request);
                        suspended = hold.isHeld();
                    }
                } else if (desk.current == null) {
                    try {
                        started = new Acquisition(
                                shop,
                                session,
                                agent.id().value(),
                                request.path,
                                request.options,
                                request.left(),
                                () -> refuseImpatientJoiners(request.path));
                    } catch (BumbaException e) {
                        forgetIfIdle(request.path, desk);
                        request.fail(e);
                        return;
                    }
                    desk.current = started;
                    request.acquisition = started;
                } else if (!request.isPatient() && desk.current.isWaiting()) {
                    inspect = true;
                } else {
                    join(desk, request);
                }
            }
        }
        if (answer != null) {
            if (answer.grant().isEmpty()) {
                refused(request, answer);
            }
            request.answer(answer);
        } else if (suspended) {
            Async.then(session.whenLive(), live -> drain(request.path));
        } else if (inspect) {
            inspect(request);
        } else if (started != null) {
            Async.then(started.result(), result -> acquired(request, result), failure -> {
                vacate(request.path);
                request.fail(failure);
            });
            started.start();
        }
    }

    private void acquired(Request request, Acquisition.Result result) {
        LockResult answer;
        Hold hold = result.hold();
        synchronized (lock) {
            Desk desk = desks.computeIfAbsent(request.path, p -> new Desk());
            desk.current = null;
            if (hold == null) {
                answer = Objects.requireNonNull(result.refusal());
            } else {
                CountedGrant grant = closed == null ? hold.count(true) : null;
                if (grant == null) {
                    answer = new LockResult.Lost(request.path, closed == null ? "the session ended" : closed);
                } else {
                    desk.hold = hold;
                    answer = new LockResult.Granted(grant);
                }
            }
        }
        if (hold != null) {
            if (answer.grant().isPresent()) {
                Async.then(hold.ended(), ended -> vacate(request.path));
            } else {
                hold.lose("its agent ended");
                delete(hold);
            }
        }
        request.answer(answer);
        drain(request.path);
    }

    /** The hold or the acquisition at the desk has ended. */
    private void vacate(RepoPath path) {
        synchronized (lock) {
            Desk desk = desks.get(path);
            if (desk == null) {
                return;
            }
            if (desk.hold != null && desk.hold.ended().isDone()) {
                desk.hold = null;
            }
            if (desk.current != null && desk.current.result().isDone()) {
                desk.current = null;
            }
        }
        drain(path);
    }

    private void drain(RepoPath path) {
        List<Request> next;
        synchronized (lock) {
            Desk desk = desks.get(path);
            if (desk == null) {
                return;
            }
            next = List.copyOf(desk.joiners);
            desk.joiners.clear();
            forgetIfIdle(path, desk);
        }
        next.forEach(this::submit);
    }

    private void forgetIfIdle(RepoPath path, Desk desk) {
        if (desk.isIdle()) {
            desks.remove(path, desk);
        }
    }

    private void join(Desk desk, Request request) {
        desk.joiners.add(request);
        request.startTimer();
    }

    private boolean leave(Request request) {
        synchronized (lock) {
            Desk desk = desks.get(request.path);
            if (desk == null || !desk.joiners.remove(request)) {
                return false;
            }
            forgetIfIdle(request.path, desk);
            return true;
        }
    }

    private void refuseImpatientJoiners(RepoPath path) {
        List<Request> impatient;
        synchronized (lock) {
            Desk desk = desks.get(path);
            if (desk == null) {
                return;
            }
            impatient = desk.joiners.stream()
                    .filter(request -> !request.isPatient())
                    .toList();
            desk.joiners.removeAll(impatient);
        }
        impatient.forEach(this::inspect);
    }

    /** Answers with who is in the way. */
    private void inspect(Request request) {
        Async.then(
                LockReader.read(session, shop.layout(), request.path)
                        .orTimeout(shop.operationTimeout().toNanos(), TimeUnit.NANOSECONDS),
                seen -> {
                    LockEntry entry = seen.entry();
                    Optional<String> mutex =
                            entry.foreign().stream().filter(Contender::isMutex).findFirst();
                    LockResult answer = request.isPatient()
                            ? new LockResult.TimedOut(
                                    request.path,
                                    entry.holders(),
                                    entry.waiters().size(),
                                    mutex)
                            : new LockResult.Held(
                                    request.path,
                                    entry.holders(),
                                    entry.waiters().size(),
                                    mutex);
                    refused(request, answer);
                    request.answer(answer);
                },
                failure -> {
                    if (session.isOver()) {
                        request.answer(new LockResult.Lost(request.path, "the session ended"));
                    } else {
                        request.answerUnseen();
                    }
                });
    }

    private void refused(Request request, LockResult answer) {
        shop.events()
                .publish(new Event.LockRefused(
                        shop.time().instant(),
                        agent.id().value(),
                        request.path,
                        request.options.mode().name(),
                        answer.getClass().getSimpleName(),
                        answer.message()));
    }

    /** One call of an application. */
    private final class Request {
        private final RepoPath path;
        private final LockOptions options;
        private final long deadline;
        private final Duration patience;
        private final CompletableFuture<LockResult> answer = new CompletableFuture<>();
        private volatile @Nullable Acquisition acquisition;
        private volatile @Nullable Future<?> timer;

        private Request(RepoPath path, LockOptions options) {
            this.path = path;
            this.options = options;
            this.patience = options.patience() == null ? defaultPatience : options.patience();
            this.deadline = shop.nanos().getAsLong() + patience.toNanos();
        }

        private boolean isPatient() {
            return !patience.isZero();
        }

        /** At least a nanosecond for a patient one, so that it is never taken for an impatient one. */
        private Duration left() {
            return isPatient()
                    ? Duration.ofNanos(Math.max(1, deadline - shop.nanos().getAsLong()))
                    : Duration.ZERO;
        }

        private boolean wantsMoreThan(Hold hold) {
            return options.mode() == LockMode.EXCLUSIVE && hold.mode() == LockMode.SHARED;
        }

        private void startTimer() {
            if (timer == null || timer.isDone()) {
                Duration limit = isPatient() ? left() : shop.operationTimeout();
                timer = shop.clock().schedule(this::outOfTime, limit.toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        private void outOfTime() {
            if (!leave(this)) {
                return;
            }
            if (session.isLive()) {
                inspect(this);
            } else {
                answerUnseen();
            }
        }

        /** The servers do not say who is in the way. */
        private void answerUnseen() {
            if (isPatient()) {
                answer(new LockResult.TimedOut(path, List.of(), 0, Optional.empty()));
            } else {
                fail(new BumbaException(
                        BumbaException.Code.UNAVAILABLE,
                        "no connection to ZooKeeper; " + path + " was not locked: try again"));
            }
        }

        private void answer(LockResult result) {
            stopTimer();
            if (!answer.complete(result)) {
                result.grant().ifPresent(LockGrant::releaseAsync);
            }
        }

        private void fail(Throwable failure) {
            stopTimer();
            answer.completeExceptionally(failure);
        }

        private void cancel() {
            if (answer.cancel(false)) {
                leave(this);
                Acquisition mine = acquisition;
                if (mine != null) {
                    mine.end(Acquisition.Ending.CANCELLED);
                }
            }
            stopTimer();
        }

        private void stopTimer() {
            Future<?> running = timer;
            if (running != null) {
                running.cancel(false);
            }
        }
    }
}
