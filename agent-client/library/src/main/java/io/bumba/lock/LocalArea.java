package io.bumba.lock;

import io.bumba.event.Event;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.path.PatternIndex;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Codec;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The inside of an EXCLUSIVE territory with local grants: its owner's ownership keeps everybody else out, so the owner's
 * locks are granted from memory.
 *
 * <pre>
 *   OPEN --drain--> DRAINING (requests wait) --all given back or turned into real ones--> DRAINED --reopen--> OPEN
 *    |                                                                                       |
 *    `------- session or ownership over, or the territory released --------------------------'--> ENDED
 * </pre>
 *
 * What is granted from memory, and when:
 * <ul>
 *   <li>only in OPEN, while the session is live and the {@link LocalLease} fresh; else after a write that shows that the
 *       owner's ephemeral stands;
 *   <li>never where the agent has a contender, or asks for one: such a file goes the usual way until it is free;
 *   <li>under tokens (base, count), where the base is the zxid of a transaction over the ledger that this process made after
 *       the last contender of its own inside had gone: so they are larger than all before, and every later contender's is
 *       larger than they.
 * </ul>
 *
 * Whoever changes the territory drains it first. Counts are written into the owner's ephemeral, for displays. Thread-safe;
 * the lock of {@link Desks} is taken before this one's.
 */
public final class LocalArea {
    private static final int KEEPS_PER_TIMEOUT = 8;

    /** What others may see: the JSON of the owner's ephemeral. */
    public record Counts(int held, long granted) {}

    private enum State {
        OPEN,
        DRAINING,
        DRAINED,
        ENDED
    }

    private final Desks desks;
    private final Workshop shop;
    private final Session session;
    private final String agent;
    private final String ownerNode;
    private final Supplier<CompletableFuture<Long>> rebase;
    private final Object lock = new Object();
    private final LocalLease lease;
    private final Map<RepoPath, LocalHold> holds = new HashMap<>();
    private final List<Request> parked = new ArrayList<>();
    private PatternIndex<Boolean> patterns = new PatternIndex<>();
    private State state = State.OPEN;
    private boolean stale = true;
    private boolean asking;
    /** A new base is on its way: the old one may be smaller than what others have held since. */
    private boolean rebasing;

    private boolean usedLately;
    private long base;
    private long tokens;
    private long granted;
    private @Nullable Future<?> keeper;

    /**
     * @param ownerNode the owner's ephemeral
     * @param rebase makes a transaction over the ledger that checks the ownership, and answers its zxid; negative when it is
     *     not owned, or has no local grants any more
     */
    LocalArea(
            Desks desks,
            Workshop shop,
            Session session,
            String agent,
            String ownerNode,
            PathPatterns patterns,
            Supplier<CompletableFuture<Long>> rebase) {
        this.desks = desks;
        this.shop = shop;
        this.session = session;
        this.agent = agent;
        this.ownerNode = ownerNode;
        this.rebase = rebase;
        this.lease = new LocalLease(session.timeout(), shop.nanos());
        cover(patterns);
    }

    private void cover(PathPatterns now) {
        PatternIndex<Boolean> index = new PatternIndex<>();
        for (PathPattern pattern : now) {
            index.add(pattern, true);
        }
        patterns = index;
    }

    Object lock() {
        return lock;
    }

    // ---- requests
    // ---------------------------------------------------------------------------------------------------

    /** Whether the file lies inside and its locks do not go the usual way. */
    boolean covers(RepoPath path) {
        synchronized (lock) {
            return state != State.ENDED
                    && state != State.DRAINED
                    && !patterns.matching(path).isEmpty();
        }
    }

    /** A file of this agent that lies inside has, or had, a contender. */
    void hadContender(RepoPath path) {
        synchronized (lock) {
            stale |= !patterns.matching(path).isEmpty();
        }
    }

    /** Grants, or keeps the request until it can be said; to be run when the lock of the desks is let go. */
    Runnable place(Request request) {
        synchronized (lock) {
            boolean now = state == State.OPEN && !stale && !rebasing && session.isLive() && lease.isFresh();
            if (now) {
                LocalGrant grant = grant(request);
                return () -> request.answer(new LockResult.Granted(grant));
            }
            parked.add(request);
            request.startTimer();
            if (state != State.OPEN || asking) {
                return () -> {};
            }
            asking = true;
        }
        return this::ask;
    }

    /** Guarded by the lock. */
    private LocalGrant grant(Request request) {
        RepoPath path = request.path();
        LockMode mode = request.options().mode();
        LocalHold hold = holds.get(path);
        if (hold == null) {
            hold = new LocalHold(path, mode, nextToken());
            holds.put(path, hold);
        } else if (request.wantsMoreThan(hold.mode())) {
            // Nobody but this agent is there.
            hold.become(LockMode.EXCLUSIVE, nextToken());
        }
        hold.countUp();
        usedLately = true;
        granted++;
        keep();
        shop.events()
                .publish(new Event.LocalGranted(
                        shop.time().instant(),
                        agent,
                        path,
                        hold.mode().name(),
                        hold.token().zxid(),
                        hold.token().count(),
                        hold.count()));
        return new LocalGrant(this, hold, request.options().lease());
    }

    private FencingToken nextToken() {
        return new FencingToken(base, ++tokens);
    }

    boolean leave(Request request) {
        synchronized (lock) {
            return parked.remove(request);
        }
    }

    /** A new base, or a write that shows that the territory is still owned; then the parked requests. */
    private void ask() {
        boolean needsBase;
        synchronized (lock) {
            needsBase = stale;
            rebasing = stale;
            // Whatever happens from here on makes it stale again.
            stale = false;
        }
        long sentAt = shop.nanos().getAsLong();
        if (needsBase) {
            Async.then(
                    rebase.get(),
                    zxid -> {
                        if (zxid < 0) {
                            end("its territory is no longer owned");
                            return;
                        }
                        synchronized (lock) {
                            base = zxid;
                            tokens = 0;
                        }
                        answered(sentAt);
                    },
                    this::failed);
        } else {
            Async.then(
                    touch(),
                    owned -> {
                        if (owned) {
                            answered(sentAt);
                        } else {
                            end("its territory is no longer owned");
                        }
                    },
                    this::failed);
        }
    }

    private void answered(long sentAt) {
        List<Runnable> answers = new ArrayList<>();
        List<Request> again = new ArrayList<>();
        synchronized (lock) {
            asking = false;
            rebasing = false;
            lease.acknowledged(sentAt);
            boolean may = state == State.OPEN && !stale && session.isLive() && lease.isRecent(sentAt);
            for (Request request : parked) {
                if (may && !request.result().isDone()) {
                    LocalGrant grant = grant(request);
                    answers.add(() -> request.answer(new LockResult.Granted(grant)));
                } else {
                    again.add(request);
                }
            }
            if (state == State.OPEN) {
                parked.clear();
            } else {
                again.clear();
            }
        }
        answers.forEach(Runnable::run);
        again.forEach(desks::resubmit);
    }

    private void failed(Throwable failure) {
        List<Request> refused;
        synchronized (lock) {
            asking = false;
            rebasing = false;
            stale = true;
            refused = List.copyOf(parked);
            parked.clear();
        }
        if (session.isOver()) {
            end("the ZooKeeper session ended");
        }
        refused.forEach(request -> request.fail(failure));
    }

    // ---- what is held
    // -----------------------------------------------------------------------------------------------

    List<RepoPath> held() {
        synchronized (lock) {
            return List.copyOf(holds.keySet());
        }
    }

    boolean isValid() {
        synchronized (lock) {
            return state != State.ENDED && session.isLive();
        }
    }

    CompletionStage<Boolean> verify() {
        return touch();
    }

    CompletionStage<ReleaseResult> giveBack(LocalHold hold) {
        LockGrant real;
        synchronized (lock) {
            if (hold.isLost()) {
                return CompletableFuture.completedFuture(ReleaseResult.LOST);
            }
            if (!hold.countDown()) {
                return CompletableFuture.completedFuture(ReleaseResult.STILL_HELD);
            }
            real = hold.real();
            holds.remove(hold.path(), hold);
        }
        if (real != null) {
            return real.releaseAsync();
        }
        shop.events()
                .publish(new Event.LockReleased(
                        shop.time().instant(), agent, hold.path(), hold.token().zxid()));
        return CompletableFuture.completedFuture(ReleaseResult.RELEASED);
    }

    ReleaseResult await(CompletionStage<ReleaseResult> release, RepoPath path) {
        return Confirmation.await(release.toCompletableFuture(), shop.operationTimeout(), path.toString());
    }

    Lease lease(Duration length, Runnable warned, Runnable over) {
        return new Lease(shop.clock(), shop.nanos(), shop.nanos().getAsLong(), length, warned, over);
    }

    /** How many files are held now, and how many grants there were. */
    public Counts counts() {
        synchronized (lock) {
            return new Counts(holds.size(), granted);
        }
    }

    // ---- the lease
    // ---------------------------------------------------------------------------------------------------

    /** A write to the owner's ephemeral: false when it is gone. Repeated until the answer is known. */
    private CompletableFuture<Boolean> touch() {
        byte[] data = Codec.encode(counts());
        return session.commit(session.transaction().set(ownerNode, data)).thenCompose(outcome -> {
            if (outcome instanceof Outcome.Unknown) {
                return session.whenLive().thenCompose(live -> touch());
            }
            return CompletableFuture.completedFuture(outcome instanceof Outcome.Committed);
        });
    }

    /** While it is used, writes keep the lease fresh; guarded by the lock. */
    private void keep() {
        if (keeper == null && state != State.ENDED) {
            long every = session.timeout().toNanos() / KEEPS_PER_TIMEOUT;
            keeper = shop.clock().scheduleWithFixedDelay(this::keepFresh, every, every, TimeUnit.NANOSECONDS);
        }
    }

    private void keepFresh() {
        synchronized (lock) {
            boolean idle = !usedLately && holds.isEmpty();
            usedLately = false;
            if (idle || state == State.ENDED) {
                stopKeeping();
                return;
            }
        }
        if (!session.isLive()) {
            return;
        }
        long sentAt = shop.nanos().getAsLong();
        Async.then(touch(), owned -> {
            if (owned) {
                synchronized (lock) {
                    lease.acknowledged(sentAt);
                }
            } else if (!session.isOver()) {
                end("its territory is no longer owned");
            }
        });
    }

    private void stopKeeping() {
        if (keeper != null) {
            keeper.cancel(false);
            keeper = null;
        }
    }

    // ---- changes of the territory
    // ---------------------------------------------------------------------------------

    /**
     * Grants no more from memory, and turns what is held into real locks. Requests inside wait until {@link #reopen} or
     * {@link #end}.
     *
     * @return false when something could not be turned; then it is open again, and nothing may be changed
     */
    public CompletableFuture<Boolean> drain() {
        List<LocalHold> local;
        synchronized (lock) {
            if (state != State.OPEN) {
                return CompletableFuture.completedFuture(state == State.DRAINED || state == State.ENDED);
            }
            state = State.DRAINING;
            local = List.copyOf(holds.values());
        }
        List<CompletableFuture<Boolean>> turned = local.stream().map(this::turn).toList();
        return CompletableFuture.allOf(turned.toArray(CompletableFuture[]::new)).handle((done, failure) -> {
            boolean all = failure == null && turned.stream().allMatch(CompletableFuture::join);
            synchronized (lock) {
                if (state == State.DRAINING) {
                    state = all ? State.DRAINED : State.OPEN;
                }
                stale = true;
            }
            if (!all) {
                resubmitParked();
            }
            return all;
        });
    }

    private CompletableFuture<Boolean> turn(LocalHold hold) {
        LockOptions options = LockOptions.waitUpTo(shop.operationTimeout()).because("held in a territory");
        LockMode mode;
        synchronized (lock) {
            mode = hold.mode();
        }
        return desks.askReal(hold.path(), mode == LockMode.SHARED ? options.shared() : options)
                .thenApply(result -> {
                    Optional<LockGrant> real = result.grant();
                    if (real.isEmpty()) {
                        synchronized (lock) {
                            return hold.count() == 0;
                        }
                    }
                    synchronized (lock) {
                        if (hold.count() > 0 && !hold.isLost()) {
                            hold.turnInto(real.get());
                            holds.remove(hold.path(), hold);
                            return true;
                        }
                    }
                    // It was given back meanwhile.
                    CompletionStage<ReleaseResult> unused = real.get().releaseAsync();
                    return true;
                });
    }

    /** Grants from memory again, inside these patterns. */
    public void reopen(PathPatterns now) {
        synchronized (lock) {
            if (state == State.ENDED) {
                return;
            }
            cover(now);
            state = State.OPEN;
            stale = true;
        }
        resubmitParked();
    }

    /** Grants no more from memory, for good. What is still held from memory is lost. */
    public void end(String why) {
        List<Runnable> told = new ArrayList<>();
        List<LocalHold> lost;
        synchronized (lock) {
            if (state == State.ENDED) {
                return;
            }
            state = State.ENDED;
            stopKeeping();
            lost = List.copyOf(holds.values());
            holds.clear();
            lost.forEach(hold -> told.addAll(hold.lose()));
        }
        desks.forget(this);
        lost.forEach(hold -> shop.events()
                .publish(new Event.LockLost(
                        shop.time().instant(), agent, hold.path(), hold.token().zxid(), why)));
        told.forEach(Async::guarded);
        resubmitParked();
    }

    private void resubmitParked() {
        List<Request> again;
        synchronized (lock) {
            again = List.copyOf(parked);
            parked.clear();
        }
        again.forEach(desks::resubmit);
    }
}
