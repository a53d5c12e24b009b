package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request for one lock, from the first transaction to a {@link Hold} or a refusal. No thread waits.
 *
 * <pre>
 *   start -> BORDER:  the territories let it through; while one is being allocated there: watch it, ask again
 *         -> CONTEND: one transaction checks the ledger, makes missing parents, creates the contender
 *         -> LOOK:    contenders and queue
 *              holds, and slips past nobody ----> TAKE: the recipe agrees --> Hold
 *              next behind the holders ---------> IN LINE: watch one node, LOOK again
 *              else ----------------------------> one transaction withdraws and queues
 *         -> QUEUED: watch one node, LOOK; when first: BORDER; one transaction leaves the queue and contends
 *                    after each ageing interval: one transaction raises the priority
 * </pre>
 *
 * One step is under way at a time ({@code busy}); a step ends by starting the next, or idle. Time-out, cancellation, a
 * deadlock and the agent's end are heard between steps; a step that takes longer than {@link #GRACE} is not waited for: the
 * request is answered and whatever the step leaves is swept.
 */
final class Acquisition {
    /** How long a request that has run out of time waits for the step under way. */
    static final Duration GRACE = Duration.ofMillis(500);

    private static final long WAITED_LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The agent that asks. */
    interface Asker {
        /** Told once, when the request begins to wait. */
        void waiting();

        /** Whether the agent holds another file, or has another request under way. */
        boolean hasOthers();

        /** Looks whether the agent is in a deadlock. */
        void walk();
    }

    /** A hold, or the refusal. */
    record Result(@Nullable Hold hold, @Nullable LockResult refusal) {}

    private final Workshop shop;
    private final Session session;
    private final String agent;
    private final RepoPath path;
    private final LockOptions options;
    private final boolean patient;
    private final Duration ageing;
    private final Asker asker;
    private final String lockNode;
    private final String queueNode;
    private final RequestNodes nodes;
    private final BorderPost border;
    private final VictimEar ear;
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private final CompletableFuture<Void> swept = new CompletableFuture<>();
    private final long startedAt;
    private final Duration limit;

    private final Object lock = new Object();
    private boolean busy = true;
    private boolean woken;
    private boolean done;
    private boolean waiting;
    private boolean raiseDue;
    private @Nullable Ending ending;
    private Session.@Nullable Watch watch;
    private final List<Future<?>> timers = new ArrayList<>();
    private @Nullable Future<?> forced;

    // Written by the step under way only.
    private boolean moved;
    private int refusals;
    private List<String> children = List.of();

    /**
     * @param patience how long to wait; zero to be refused at once
     * @param ageing after each such time in the queue the request is raised by one priority
     */
    Acquisition(
            Workshop shop,
            Session session,
            String agent,
            RepoPath path,
            LockOptions options,
            Duration patience,
            Duration ageing,
            Asker asker) {
        this.shop = shop;
        this.session = session;
        this.agent = agent;
        this.path = path;
        this.options = options;
        this.patient = !patience.isZero();
        this.ageing = ageing;
        this.asker = asker;
        this.lockNode = shop.layout().lock(path);
        this.queueNode = shop.layout().queue(path);
        this.nodes = new RequestNodes(shop, session, agent, path, options);
        this.border = new BorderPost(shop.borders(), session, agent, path, options.mode());
        this.ear = new VictimEar(session, cycle -> end(new Ending.InDeadlock(cycle)));
        this.startedAt = shop.nanos().getAsLong();
        this.limit = patient ? patience : shop.operationTimeout();
    }

    /** The hold or the refusal; fails with {@link BumbaException}. Completes on an inner thread: do not block it. */
    CompletableFuture<Result> result() {
        return result;
    }

    /** Completes when nothing of a request that ended without a hold is left, or the session is over. */
    CompletableFuture<Void> swept() {
        return swept;
    }

    boolean isWaiting() {
        synchronized (lock) {
            return waiting && !done;
        }
    }

    void start() {
        synchronized (lock) {
            timers.add(shop.clock().schedule(this::outOfTime, limit.toNanos(), TimeUnit.NANOSECONDS));
        }
        session.onOver(this, this::lost);
        step(() -> {
            if (!shop.encounters().expected(path)) {
                contend();
                return;
            }
            cross(passage -> {
                if (patient) {
                    enqueue();
                    return;
                }
                look(line -> {
                    if (line.keepsOut(options.mode(), options.priority())) {
                        refuse();
                    } else {
                        contend();
                    }
                });
            });
        });
    }

    private void outOfTime() {
        end(patient ? new Ending.TimedOut() : new Ending.Unanswered(limit, border.isPending()));
    }

    /** Ends the request, if it has not ended. */
    void end(Ending why) {
        synchronized (lock) {
            if (done || ending != null) {
                return;
            }
            ending = why;
            if (busy) {
                answerSoon();
                return;
            }
            busy = true;
        }
        leave();
    }

    // ---- steps
    // -------------------------------------------------------------------------------------------------------

    /** Runs the next step, unless the request is to end. */
    private void step(Runnable next) {
        synchronized (lock) {
            if (done) {
                sweep();
                return;
            }
        }
        try {
            if (isEnding()) {
                leave();
            } else {
                next.run();
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void contend() {
        cross(passage -> follow(nodes.contend(passage), this::moved));
    }

    /** Goes on where the territories allow it; rests while one is being allocated there. */
    private void cross(Consumer<Passage.Open> through) {
        Async.then(
                border.ask(this::wake),
                answer -> {
                    if (answer.isPending()) {
                        rest(answer.watch(), false);
                    } else {
                        step(() -> {
                            if (answer.passage() instanceof Passage.Open open) {
                                through.accept(open);
                            } else if (answer.passage() instanceof Passage.Closed closed) {
                                leaveFor(new Ending.Forbidden(closed.by()));
                            }
                        });
                    }
                },
                this::failed);
    }

    /** What to do when something may have changed. */
    private void resume() {
        if (nodes.stands()) {
            look(this::decide);
        } else {
            contend();
        }
    }

    private void enqueue() {
        shop.encounters().met(path);
        follow(nodes.enqueue(), this::moved);
    }

    private void moved(RequestNodes.Moved how) {
        moved = true;
        if (how == RequestNodes.Moved.REMOVED) {
            removed();
        } else {
            resume();
        }
    }

    private void look(Consumer<Line> then) {
        follow(nodes.look(), seen -> {
            children = seen.contenders();
            Line line = Line.of(seen.contenders(), seen.queue());
            line.foreign().forEach(node -> shop.events()
                    .publish(new Event.ForeignNode(shop.time().instant(), path, node, Contender.isMutex(node))));
            then.accept(line);
        });
    }

    private void decide(Line line) {
        String standing = nodes.contender();
        String place = nodes.place();
        if (standing != null) {
            if (!line.contains(standing)) {
                removed();
            } else if (line.holds(standing) && line.mutex().isEmpty() && (nodes.inLine() || !passes(line, standing))) {
                take(standing);
            } else if (nodes.inLine() || (patient && isNext(line, standing))) {
                nodes.stayInLine();
                line.blockerOfContender(standing)
                        .ifPresentOrElse(
                                node -> await(lockNode + "/" + node, line, standing), () -> look(this::decide));
            } else if (patient) {
                enqueue();
            } else {
                refuse();
            }
        } else if (place != null) {
            if (!line.queues(place)) {
                removed();
                return;
            }
            Line.Blocker blocker = line.blockerOfWaiter(place);
            if (blocker.isNone()) {
                if (!isWaiting()) {
                    // It was expected to meet others, and met none.
                    shop.encounters().foundFree(path);
                }
                contend();
            } else if (takeRaise()) {
                follow(nodes.raise(), this::moved);
            } else {
                String node = blocker.waiter()
                        .map(name -> queueNode + "/" + name)
                        .orElseGet(() -> lockNode + "/" + blocker.contender().orElseThrow());
                await(node, line, place);
            }
        }
    }

    /** Whether a newcomer stands where the first waiter would stand: it need not withdraw only to come back. */
    private boolean isNext(Line line, String standing) {
        return !passes(line, standing)
                && line.mutex().isEmpty()
                && !line.inLine().isEmpty()
                && line.inLine().get(0).name().equals(standing);
    }

    private boolean passes(Line line, String standing) {
        return line.hasWaiters(options.priority()) || line.overtakes(standing);
    }

    private void await(String node, Line line, String mine) {
        beginToWait();
        // The line was read before others could see that this one waits: one of them may have passed it over since.
        boolean unseen = !nodes.hasDeclaredWait();
        CompletableFuture<RequestNodes.Moved> declared = nodes.declareWait();
        CompletableFuture<Optional<Session.Watch>> watched = session.watch(node, this::wake);
        Async.then(
                declared.thenCombine(watched, (how, found) -> {
                    if (how == RequestNodes.Moved.REMOVED) {
                        found.ifPresent(Session.Watch::cancel);
                        step(this::removed);
                    } else {
                        boolean entangled = unseen || Deadlocks.needsWalk(line, mine, asker.hasOthers());
                        ear.open(nodes.waitNode());
                        if (entangled) {
                            ear.hearAtOnce();
                        }
                        idle(found, entangled);
                    }
                    return how;
                }),
                how -> {},
                failure -> {
                    Async.then(watched, found -> found.ifPresent(Session.Watch::cancel));
                    failed(failure);
                });
    }

    /** @param entangled whether the last transaction may have closed a circle */
    private void idle(Optional<Session.Watch> found, boolean entangled) {
        boolean walk = moved && entangled;
        if (rest(found, true) && walk) {
            asker.walk();
        }
    }

    /**
     * Nothing more to do until the watch calls; or goes on, if there is.
     *
     * @param settled whether what the last transaction may have closed is about to be looked at
     */
    private boolean rest(Optional<Session.Watch> found, boolean settled) {
        boolean idle;
        synchronized (lock) {
            idle = found.isPresent() && !woken && ending == null && !done;
            if (idle) {
                watch = found.get();
                moved &= !settled;
                busy = false;
            }
            woken = false;
        }
        if (!idle) {
            found.ifPresent(Session.Watch::cancel);
            step(this::resume);
        }
        return idle;
    }

    /** Something may have changed: look again. */
    private void wake() {
        Session.Watch standing;
        synchronized (lock) {
            if (done) {
                return;
            }
            if (busy) {
                woken = true;
                return;
            }
            busy = true;
            standing = watch;
            watch = null;
        }
        if (standing != null) {
            standing.cancel();
        }
        step(this::resume);
    }

    private void beginToWait() {
        synchronized (lock) {
            if (waiting || done) {
                return;
            }
            waiting = true;
            long every = ageing.toNanos();
            timers.add(shop.clock().scheduleWithFixedDelay(this::age, every, every, TimeUnit.NANOSECONDS));
        }
        asker.waiting();
    }

    private void age() {
        synchronized (lock) {
            raiseDue = true;
        }
        wake();
    }

    private boolean takeRaise() {
        synchronized (lock) {
            boolean due = raiseDue;
            raiseDue = false;
            return due;
        }
    }

    // ---- deadlocks
    // --------------------------------------------------------------------------------------------------

    /** Of a mark by others at once. */
    void hearOfDeadlocks() {
        ear.hearAtOnce();
    }

    /** Whoever finds a circle marks the wait that is to end. */
    void lookWhetherVictim() {
        ear.look();
    }

    // ---- ends
    // --------------------------------------------------------------------------------------------------------

    /** The recipe has the last word, over the listing that said so. */
    private void take(String standing) {
        if (!session.isLive()) {
            follow(session.whenLive(), live -> look(this::decide));
            return;
        }
        if (!new FileMutex(shop.client(), session, lockNode, standing, children).agrees()) {
            // Begin anew with no contender: the recipe knows something that we do not.
            if (++refusals > RequestNodes.MAX_ATTEMPTS) {
                fail(new BumbaException(BumbaException.Code.PROTOCOL, "the lock recipe keeps refusing " + path));
                return;
            }
            follow(nodes.sweep().thenCompose(gone -> nodes.recover()), this::moved);
        } else {
            won(standing);
        }
    }

    private void won(String standing) {
        synchronized (lock) {
            if (done) {
                sweep();
                return;
            }
            done = true;
        }
        Hold hold = nodes.hold(standing);
        tidy();
        if (!nodes.inLine()) {
            shop.encounters().foundFree(path);
        } else {
            hold.settle(shop.nanos().getAsLong() - startedAt > WAITED_LONG_NANOS);
        }
        swept.complete(null);
        result.complete(new Result(hold, null));
    }

    private void refuse() {
        shop.encounters().met(path);
        leaveFor(new Ending.Refused());
    }

    /** Ends the request out of the step under way, for this reason if it has none yet. */
    private void leaveFor(Ending why) {
        synchronized (lock) {
            if (ending == null) {
                ending = why;
            }
        }
        leave();
    }

    /** Somebody deleted our node while our session lives. */
    private void removed() {
        answer(new LockResult.Lost(path, "its place in the line was deleted by somebody else; ask again"));
    }

    private void lost() {
        answer(new LockResult.Lost(path, "the ZooKeeper session ended; register a new agent"));
    }

    /** Withdraws, then answers with who is in the way; or answers without that when it takes too long. */
    private void leave() {
        answerSoon();
        Session.Watch watched;
        Ending why;
        synchronized (lock) {
            watched = watch;
            watch = null;
            why = requireEnding();
        }
        if (watched != null) {
            watched.cancel();
        }
        if (why.isExplained()) {
            Async.then(
                    nodes.withdraw().thenCompose(gone -> LockReader.read(session, shop.layout(), path)),
                    seen -> answer(why, seen.entry()),
                    this::failed);
        } else {
            Async.then(nodes.withdraw(), gone -> answerUnseen(why), this::failed);
        }
    }

    /** Answers after {@link #GRACE}, whatever step is under way then; it is swept. */
    private void answerSoon() {
        synchronized (lock) {
            if (done || forced != null) {
                return;
            }
            forced = shop.clock().schedule(() -> answerUnseen(requireEnding()), GRACE.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void answerUnseen(Ending why) {
        answer(why, new LockEntry(path, List.of(), List.of(), List.of()));
    }

    private void answer(Ending why, LockEntry seen) {
        LockResult refusal;
        try {
            refusal = why.refusal(path, seen);
        } catch (BumbaException unanswered) {
            fail(unanswered);
            return;
        }
        answer(refusal);
    }

    private boolean isEnding() {
        synchronized (lock) {
            return ending != null;
        }
    }

    private Ending requireEnding() {
        synchronized (lock) {
            return Objects.requireNonNull(ending);
        }
    }

    private void answer(LockResult refusal) {
        if (finish()) {
            shop.events()
                    .publish(new Event.LockRefused(
                            shop.time().instant(),
                            agent,
                            path,
                            options.mode().name(),
                            refusal.getClass().getSimpleName(),
                            refusal.message()));
            result.complete(new Result(null, refusal));
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof SessionOverException) {
            lost();
        } else {
            fail(failure);
        }
    }

    private void fail(Throwable failure) {
        if (finish()) {
            result.completeExceptionally(
                    failure instanceof BumbaException
                            ? failure
                            : new BumbaException(BumbaException.Code.PROTOCOL, "could not lock " + path, failure));
        }
    }

    /** Whether this call ended the request. */
    private boolean finish() {
        synchronized (lock) {
            if (done) {
                return false;
            }
            done = true;
        }
        nodes.seal();
        tidy();
        if (!session.isOver() && nodes.mayStand()) {
            sweep();
        } else {
            nodes.giveBack();
            swept.complete(null);
        }
        return true;
    }

    private void sweep() {
        Async.then(
                nodes.withdraw(),
                gone -> {
                    nodes.giveBack();
                    swept.complete(null);
                },
                failure -> {
                    nodes.giveBack();
                    swept.completeExceptionally(failure);
                });
    }

    private void tidy() {
        session.forget(this);
        Session.Watch left;
        List<Future<?>> running;
        synchronized (lock) {
            left = watch;
            watch = null;
            running = new ArrayList<>(timers);
            if (forced != null) {
                running.add(forced);
            }
        }
        ear.close();
        running.forEach(timer -> timer.cancel(false));
        if (left != null) {
            left.cancel();
        }
    }

    private <T> void follow(CompletableFuture<T> future, Consumer<T> next) {
        Async.then(future, value -> step(() -> next.accept(value)), this::failed);
    }
}
