package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Children;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.SessionOverException;
import io.bumba.zk.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request for one lock, from the first transaction to a {@link Hold} or a refusal. No thread waits.
 *
 * <pre>
 *   start -> CONTEND: one transaction checks the ledger, makes missing parents, creates the contender
 *         -> LOOK:    contenders and queue
 *              holds, and slips past nobody ----> TAKE: the recipe agrees, on its lane --> Hold
 *              next behind the holders ---------> IN LINE: watch one node, LOOK again
 *              else ----------------------------> one transaction withdraws and queues
 *         -> QUEUED: watch one node, LOOK; when first: one transaction leaves the queue and contends
 * </pre>
 *
 * One step is under way at a time ({@code busy}); a step ends by starting the next, or idle. Time-out, cancellation and
 * the agent's end are heard between steps; a step that takes longer than {@link #GRACE} is not waited for: the request is
 * answered and whatever the step leaves is swept. A transaction whose reply was lost is resolved by a barrier and a look
 * for our uuid, never by repeating it.
 */
final class Acquisition {
    /** How long a request that has run out of time waits for the step under way. */
    static final Duration GRACE = Duration.ofMillis(500);

    /** Refusals that another look should mend: reaped containers, ledger changes. More mean that it does not. */
    private static final int MAX_ATTEMPTS = 50;

    private static final long WAITED_LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Why a request ends without a hold. */
    enum Ending {
        REFUSED,
        TIMED_OUT,
        UNANSWERED,
        CANCELLED,
        AGENT_ENDED
    }

    /** A hold, or the refusal. */
    record Result(@Nullable Hold hold, @Nullable LockResult refusal) {}

    private final Workshop shop;
    private final Session session;
    private final String agent;
    private final RepoPath path;
    private final LockOptions options;
    private final boolean patient;
    private final Runnable onWaiting;
    private final String uuid = UUID.randomUUID().toString();
    private final String own = uuid.substring(0, Contender.OWN);
    private final String lockNode;
    private final String queueNode;
    private final byte[] data;
    private final EphemeralBudget.Share bytes;
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private final CompletableFuture<Void> swept = new CompletableFuture<>();
    private final long startedAt;
    private final Duration limit;

    private final Object lock = new Object();
    private boolean busy = true;
    private boolean woken;
    private boolean done;
    private boolean waiting;
    private @Nullable Ending ending;
    private Session.@Nullable Watch watch;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> forced;

    // Written by the step under way only.
    private volatile @Nullable String contender;
    private volatile @Nullable FencingToken token;
    private volatile @Nullable String place;
    private boolean inLine;
    /** A transaction was sent whose outcome is not yet noted in the fields above. */
    private volatile boolean unsure;

    private int attempts;

    /**
     * @param patience how long to wait; zero to be refused at once
     * @param onWaiting told, once, when the request begins to wait
     */
    Acquisition(
            Workshop shop,
            Session session,
            String agent,
            RepoPath path,
            LockOptions options,
            Duration patience,
            Runnable onWaiting) {
        this.shop = shop;
        this.session = session;
        this.agent = agent;
        this.path = path;
        this.options = options;
        this.patient = !patience.isZero();
        this.onWaiting = onWaiting;
        this.lockNode = shop.layout().lock(path);
        this.queueNode = shop.layout().queue(path);
        this.data = Codec.encode(new ContenderData(
                agent,
                options.reason(),
                options.priority(),
                shop.time().instant(),
                Optional.ofNullable(options.requestId()),
                Optional.ofNullable(options.lease()).map(Duration::toMillis)));
        this.bytes = session.budget().take(lockNode + "/" + Contender.prefix(uuid, options.mode()));
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
            return waiting;
        }
    }

    void start() {
        Ending atLimit = patient ? Ending.TIMED_OUT : Ending.UNANSWERED;
        synchronized (lock) {
            deadline = shop.clock().schedule(() -> end(atLimit), limit.toNanos(), TimeUnit.NANOSECONDS);
        }
        session.onOver(this, this::lost);
        step(() -> {
            if (!shop.encounters().expected(path)) {
                contend();
                return;
            }
            look(line -> {
                if (!line.keepsOut(options.mode(), options.priority())) {
                    contend();
                } else if (patient) {
                    enqueue();
                } else {
                    refuse();
                }
            });
        });
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

    /** One transaction: out of the queue, if in it, and into the line. */
    private void contend() {
        List<String> chain = new ArrayList<>(shop.layout().directories(path));
        chain.add(lockNode);
        CompletableFuture<Outcome> sent = shop.ledger()
                .version(session)
                .thenCombine(shop.containers().missing(session, chain), (version, missing) -> {
                    Transaction tx = session.transaction().check(shop.ledger().path(), version);
                    missing.forEach(tx::container);
                    if (place != null) {
                        tx.delete(queueNode + "/" + place);
                    }
                    String name = place != null ? own + Contender.PROMOTED : uuid;
                    return tx.set(lockNode, new byte[0])
                            .ephemeralSequential(lockNode + "/" + Contender.prefix(name, options.mode()), data);
                })
                .thenCompose(this::send);
        follow(sent, outcome -> {
            if (outcome instanceof Outcome.Committed committed) {
                shop.containers().remember(chain);
                List<String> created = committed.created();
                unsure = false;
                contender = name(created.get(created.size() - 1));
                token = new FencingToken(committed.zxid());
                inLine = place != null;
                place = null;
                look(this::decide);
            } else {
                retry(outcome, chain);
            }
        });
    }

    /** One transaction: out of the line, if in it, and into the queue. */
    private void enqueue() {
        List<String> chain = new ArrayList<>(shop.layout().directories(path));
        chain.add(queueNode);
        shop.encounters().met(path);
        CompletableFuture<Outcome> sent = shop.containers()
                .missing(session, chain)
                .thenCompose(missing -> {
                    Transaction tx = session.transaction();
                    if (contender != null) {
                        tx.delete(lockNode + "/" + contender);
                    }
                    missing.forEach(tx::container);
                    return send(tx.ephemeralSequential(
                            queueNode + "/" + QueuePlace.prefix(uuid, options.mode(), options.priority()), data));
                });
        follow(sent, outcome -> {
            if (outcome instanceof Outcome.Committed committed) {
                shop.containers().remember(chain);
                List<String> created = committed.created();
                unsure = false;
                place = name(created.get(created.size() - 1));
                contender = null;
                look(this::decide);
            } else {
                retry(outcome, chain);
            }
        });
    }

    /** Sends, unless the request was answered meanwhile: what is sent before that, the sweep finds behind its barrier. */
    private CompletableFuture<Outcome> send(Transaction transaction) {
        synchronized (lock) {
            if (done) {
                return CompletableFuture.completedFuture(new Outcome.Unknown());
            }
            unsure = true;
            return session.commit(transaction);
        }
    }

    private void retry(Outcome outcome, List<String> chain) {
        if (outcome instanceof Outcome.Refused refused) {
            unsure = false;
            if (refused.reason() == Outcome.Reason.NO_AUTH || ++attempts > MAX_ATTEMPTS) {
                fail(Session.refused("lock " + path, refused.reason()));
            } else if (refused.reason() == Outcome.Reason.BAD_VERSION) {
                follow(shop.ledger().refresh(session), version -> again());
            } else {
                shop.containers().forget(chain);
                recover(contender != null || place != null);
            }
        } else if (outcome instanceof Outcome.Over) {
            lost();
        } else {
            recover(false);
        }
    }

    /**
     * Finds out what stands of ours, by our uuid, behind a write; then goes on from there.
     *
     * @param stood whether something of ours must still stand, unless somebody else deleted it
     */
    private void recover(boolean stood) {
        follow(session.barrier().thenCompose(sure -> listings(Listings::new)), found -> {
            contender = ours(found.contenders);
            place = ours(found.queue);
            unsure = false;
            if (contender != null) {
                inLine |= Contender.parse(contender).map(Contender::promoted).orElse(false);
                follow(session.read(lockNode + "/" + contender), node -> {
                    if (node.isPresent()) {
                        token = new FencingToken(node.get().czxid());
                    }
                    look(this::decide);
                });
            } else if (place == null && stood) {
                removed();
            } else {
                again();
            }
        });
    }

    /** Both listings, asked for in one trip. */
    private <T> CompletableFuture<T> listings(BiFunction<List<String>, List<String>, T> use) {
        return session.children(lockNode)
                .thenCombine(
                        session.children(queueNode),
                        (contenders, queue) -> use.apply(
                                contenders.orElse(Children.NONE).names(),
                                queue.orElse(Children.NONE).names()));
    }

    private record Listings(List<String> contenders, List<String> queue) {}

    private void again() {
        if (contender != null || place != null) {
            look(this::decide);
        } else {
            contend();
        }
    }

    private void look(Consumer<Line> then) {
        follow(listings(Line::of), line -> {
            line.foreign().forEach(node -> shop.events()
                    .publish(new Event.ForeignNode(shop.time().instant(), path, node, Contender.isMutex(node))));
            then.accept(line);
        });
    }

    private void decide(Line line) {
        String standing = contender;
        if (standing != null) {
            if (!line.contains(standing)) {
                removed();
            } else if (line.holds(standing) && line.mutex().isEmpty() && (inLine || !passes(line, standing))) {
                take(standing);
            } else if (inLine || (patient && isNext(line, standing))) {
                inLine = true;
                line.blockerOfContender(standing)
                        .ifPresentOrElse(node -> await(lockNode + "/" + node), () -> look(this::decide));
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
                contend();
            } else {
                await(blocker.waiter()
                        .map(node -> queueNode + "/" + node)
                        .orElseGet(() -> lockNode + "/" + blocker.contender().orElseThrow()));
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

    private void await(String node) {
        boolean tell;
        synchronized (lock) {
            tell = !waiting;
            waiting = true;
        }
        if (tell) {
            onWaiting.run();
        }
        Async.then(
                session.watch(node, this::wake),
                found -> {
                    synchronized (lock) {
                        if (found.isPresent() && !woken && ending == null && !done) {
                            watch = found.get();
                            busy = false;
                            return;
                        }
                        woken = false;
                    }
                    found.ifPresent(Session.Watch::cancel);
                    step(() -> look(this::decide));
                },
                this::failed);
    }

    private void wake() {
        synchronized (lock) {
            if (done) {
                return;
            }
            if (busy) {
                woken = true;
                return;
            }
            busy = true;
            watch = null;
        }
        step(() -> look(this::decide));
    }

    /** The recipe has the last word, on its lane. */
    private void take(String standing) {
        if (!session.isLive()) {
            follow(session.whenLive(), live -> look(this::decide));
            return;
        }
        shop.lanes().of(path).execute(() -> {
            boolean agreed;
            try {
                agreed = new FileMutex(shop.client(), session, lockNode, standing).acquireNow();
            } catch (Exception e) {
                agreed = false;
            }
            boolean held = agreed;
            step(() -> {
                if (!held) {
                    // Whatever it did to our contender, begin anew with none.
                    if (++attempts > MAX_ATTEMPTS) {
                        fail(new BumbaException(
                                BumbaException.Code.PROTOCOL, "the lock recipe keeps refusing " + path));
                        return;
                    }
                    follow(Sweeper.sweep(session, shop.layout(), path, own), gone -> recover(false));
                } else if (!session.isLive()) {
                    follow(session.whenLive(), live -> look(this::decide));
                } else {
                    won(standing);
                }
            });
        });
    }

    private void won(String standing) {
        FencingToken granted = token;
        if (granted == null) {
            throw new IllegalStateException("a contender without a token");
        }
        synchronized (lock) {
            if (done) {
                sweep();
                return;
            }
            done = true;
        }
        String node = lockNode + "/" + standing;
        Hold hold = new Hold(shop, session, agent, path, options.mode(), granted, node, bytes);
        tidy();
        if (!inLine) {
            shop.encounters().foundFree(path);
        } else if (shop.nanos().getAsLong() - startedAt > WAITED_LONG_NANOS) {
            // For displays: the node's mtime tells since when it is held. Nobody waits for it.
            Async.then(session.commit(session.transaction().set(node, data)), written -> {});
        }
        swept.complete(null);
        result.complete(new Result(hold, null));
    }

    // ---- ends
    // --------------------------------------------------------------------------------------------------------

    private void refuse() {
        synchronized (lock) {
            if (ending == null) {
                ending = Ending.REFUSED;
            }
        }
        shop.encounters().met(path);
        leave();
    }

    /** Somebody deleted our node while our session lives. */
    private void removed() {
        contender = null;
        place = null;
        answer(new LockResult.Lost(path, "its place in the line was deleted by somebody else; ask again"));
    }

    private void lost() {
        contender = null;
        place = null;
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
        CompletableFuture<Void> withdrawn = withdraw().thenAccept(gone -> {
            contender = null;
            place = null;
            unsure = false;
        });
        if (why == Ending.REFUSED || why == Ending.TIMED_OUT) {
            Async.then(
                    withdrawn.thenCompose(gone -> LockReader.read(session, shop.layout(), path)),
                    seen -> answer(refusal(why, seen.entry())),
                    this::failed);
        } else {
            Async.then(withdrawn, gone -> answerUnseen(why), this::failed);
        }
    }

    private CompletableFuture<?> withdraw() {
        if (unsure) {
            return Sweeper.sweep(session, shop.layout(), path, own);
        }
        String node = contender != null ? lockNode + "/" + contender : place != null ? queueNode + "/" + place : null;
        return node == null
                ? CompletableFuture.completedFuture(null)
                : Cluster.once(session, s -> s.transaction().delete(node));
    }

    /** Answers after {@link #GRACE}, whatever step is under way then; it is swept. */
    private void answerSoon() {
        synchronized (lock) {
            if (done || forced != null) {
                return;
            }
            forced = shop.clock()
                    .schedule(
                            () -> {
                                unsure = true;
                                answerUnseen(requireEnding());
                            },
                            GRACE.toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    private void answerUnseen(Ending why) {
        if (why == Ending.UNANSWERED) {
            fail(new BumbaException(
                    BumbaException.Code.UNAVAILABLE,
                    "ZooKeeper did not answer within " + limit.toMillis() + " ms; " + path
                            + " was not locked: no quorum, or no connection; try again"));
        } else {
            answer(refusal(why, new LockEntry(path, List.of(), List.of(), List.of())));
        }
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

    private LockResult refusal(Ending why, LockEntry seen) {
        Optional<String> mutex =
                seen.foreign().stream().filter(Contender::isMutex).findFirst();
        return switch (why) {
            case REFUSED, UNANSWERED ->
                new LockResult.Held(path, seen.holders(), seen.waiters().size(), mutex);
            case TIMED_OUT ->
                new LockResult.TimedOut(path, seen.holders(), seen.waiters().size(), mutex);
            case CANCELLED -> new LockResult.Lost(path, "the request was cancelled");
            case AGENT_ENDED -> new LockResult.Lost(path, "the agent ended");
        };
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
        tidy();
        if (!session.isOver() && (unsure || contender != null || place != null)) {
            sweep();
        } else {
            bytes.giveBack();
            swept.complete(null);
        }
        return true;
    }

    private void sweep() {
        Async.then(
                Sweeper.sweep(session, shop.layout(), path, own),
                gone -> {
                    bytes.giveBack();
                    swept.complete(null);
                },
                failure -> {
                    bytes.giveBack();
                    swept.completeExceptionally(failure);
                });
    }

    private void tidy() {
        session.forget(this);
        Session.Watch left;
        List<Future<?>> timers = new ArrayList<>();
        synchronized (lock) {
            left = watch;
            watch = null;
            timers.addAll(Stream.of(deadline, forced).filter(Objects::nonNull).toList());
        }
        timers.forEach(timer -> timer.cancel(false));
        if (left != null) {
            left.cancel();
        }
    }

    private <T> void follow(CompletableFuture<T> future, Consumer<T> next) {
        Async.then(future, value -> step(() -> next.accept(value)), this::failed);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private @Nullable String ours(List<String> names) {
        return names.stream().filter(name -> name.contains(own)).findFirst().orElse(null);
    }
}
