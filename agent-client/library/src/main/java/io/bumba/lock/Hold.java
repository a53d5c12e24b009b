package io.bumba.lock;

import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.zk.Async;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.Transaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One file held by one agent, counted.
 *
 * <pre>
 *   HELD --last count given back--> RELEASING --node known to be gone--> RELEASED
 *    |                                  |
 *    `--- session or lease over, or ----'--> LOST
 *         the node deleted by somebody else
 * </pre>
 *
 * The contender is deleted by a transaction of the session that made it, repeated until its outcome is known. Its first
 * outcome tells whether the lock was still held when it was given back. Conversions and renewals happen one after the
 * other, and the deletion waits for them.
 */
final class Hold {
    /** How long the wait node of one that had to wait may outlive its wait. */
    private static final Duration TIDY_AFTER = Duration.ofSeconds(1);

    private static final CompletableFuture<?> NO_CONVERSION = CompletableFuture.completedFuture(null);

    private enum State {
        HELD,
        RELEASING,
        RELEASED,
        LOST
    }

    /** What became of a conversion; it is held as before unless it is done or has ended. */
    sealed interface Upgrade {
        record Done() implements Upgrade {}

        /** Others stand in the line. */
        record Occupied() implements Upgrade {}

        /** A territory forbids it. */
        record Forbidden(Claim by) implements Upgrade {}

        /** A territory is being allocated there, or the ledger is too busy. */
        record Delayed() implements Upgrade {}

        record Ended() implements Upgrade {}
    }

    private final Workshop shop;
    private final Session session;
    private final String agent;
    private final RepoPath path;
    private final EphemeralBudget.Share bytes;
    private final Optional<WaitNode> waited;

    private final Object lock = new Object();
    private State state = State.HELD;
    private LockMode mode;
    private FencingToken token;
    private String node;
    private ContenderData data;
    private Session.Guard guard;
    private @Nullable Lease lease;
    private @Nullable Future<?> tidying;
    private int count;
    private boolean waitStands;
    private String whyLost = "";
    /** A conversion is under way, and what stands may not be what the fields say. */
    private boolean unsure;

    /** The last conversion or renewal. */
    private CompletableFuture<?> converting = NO_CONVERSION;
    // A thousand holds are to fit into a megabyte, and few have any of these.
    private List<Runnable> callbacks = List.of();
    private List<Runnable> warnings = List.of();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /**
     * @param node the contender's znode
     * @param bytes of the contender's path
     * @param waited the wait node, when the request had to wait and it still stands
     */
    Hold(
            Workshop shop,
            Session session,
            RepoPath path,
            LockOptions options,
            ContenderData data,
            FencingToken token,
            String node,
            EphemeralBudget.Share bytes,
            Optional<WaitNode> waited) {
        this.shop = shop;
        this.session = session;
        this.agent = data.agent();
        this.path = path;
        this.mode = options.mode();
        this.token = token;
        this.node = node;
        this.data = data;
        this.bytes = bytes;
        this.waited = waited;
        this.waitStands = waited.isPresent();
        this.guard = guard();
        session.onOver(this, () -> lose("the ZooKeeper session ended"));
        if (options.lease() != null) {
            synchronized (lock) {
                lease = lease(shop.nanos().getAsLong(), options.lease());
            }
        }
    }

    RepoPath path() {
        return path;
    }

    LockMode mode() {
        synchronized (lock) {
            return mode;
        }
    }

    FencingToken token() {
        synchronized (lock) {
            return token;
        }
    }

    /** The contender's znode. */
    String node() {
        synchronized (lock) {
            return node;
        }
    }

    /** The contender's znode when no conversion that has begun can change it any more. */
    CompletableFuture<String> settledNode() {
        return afterConversion(() -> CompletableFuture.completedFuture(node()));
    }

    /** Completes when the hold has ended, by release or loss. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    boolean isValid() {
        synchronized (lock) {
            return isHeld() && !unsure && session.isLive();
        }
    }

    boolean isHeld() {
        synchronized (lock) {
            return state == State.HELD && !isLeaseOver();
        }
    }

    /**
     * One more count, or null when it is not held now.
     *
     * @param evenSuspended whether to count though the session is not verified now; for the first count only
     */
    @Nullable
    CountedGrant count(boolean evenSuspended, @Nullable Duration ownLease) {
        synchronized (lock) {
            if (evenSuspended ? !isHeld() : !isValid()) {
                return null;
            }
            count++;
            shop.events()
                    .publish(new Event.LockGranted(
                            shop.time().instant(), agent, path, mode.name(), token.zxid(), count));
            return new CountedGrant(this, shop, count == 1 ? null : ownLease);
        }
    }

    CompletableFuture<Boolean> verify() {
        return session.commit(session.transaction().exists(node()))
                .thenApply(outcome -> outcome instanceof Outcome.Committed && isHeld());
    }

    void onLost(Executor executor, Runnable callback) {
        synchronized (lock) {
            if (state == State.HELD || state == State.RELEASING) {
                callbacks = with(callbacks, () -> executor.execute(callback));
                return;
            }
            if (state == State.RELEASED) {
                return;
            }
        }
        executor.execute(callback);
    }

    Optional<Duration> leaseLeft() {
        synchronized (lock) {
            return Optional.ofNullable(lease).map(Lease::left);
        }
    }

    void onLeaseEnding(Executor executor, Runnable callback) {
        synchronized (lock) {
            if (lease == null) {
                return;
            }
            warnings = with(warnings, () -> executor.execute(callback));
            if (!lease.isEnding()) {
                return;
            }
        }
        executor.execute(callback);
    }

    /** Writes the new length, so that the leading coordinator counts anew; then counts anew itself, from the sending. */
    CompletableFuture<Boolean> renew(Duration length) {
        synchronized (lock) {
            if (lease == null) {
                throw new IllegalStateException("the lock on " + path + " has no lease to renew");
            }
            // A conversion writes the data anew: neither may overwrite what the other has written.
            CompletableFuture<Boolean> next = afterConversion(() -> renewNow(length));
            converting = next;
            return next;
        }
    }

    private CompletableFuture<Boolean> renewNow(Duration length) {
        Transaction tx;
        synchronized (lock) {
            if (!isHeld()) {
                return CompletableFuture.completedFuture(false);
            }
            tx = session.transaction().set(node(), Codec.encode(data.withLease(length)));
        }
        long sentAt = shop.nanos().getAsLong();
        return session.commit(tx).thenApply(outcome -> {
            synchronized (lock) {
                if (!isHeld()) {
                    return false;
                }
                if (!(outcome instanceof Outcome.Committed)) {
                    if (outcome instanceof Outcome.Unknown) {
                        endEarlierOf(sentAt, length);
                    }
                    return false;
                }
                data = data.withLease(length);
                Optional.ofNullable(lease).ifPresent(Lease::cancel);
                lease = lease(sentAt, length);
                return true;
            }
        });
    }

    /** The znode may say either length, and the leading coordinator goes by that. */
    private void endEarlierOf(long from, Duration length) {
        Lease old = Objects.requireNonNull(lease);
        Lease renewed = lease(from, length);
        boolean earlier = renewed.left().compareTo(old.left()) < 0;
        lease = earlier ? renewed : old;
        (earlier ? old : renewed).cancel();
    }

    /** Whether it is shared now; false when it has ended. Fails when a territory forbids it, and holds on. */
    CompletableFuture<Boolean> downgrade() {
        synchronized (lock) {
            requireAlone();
        }
        CompletableFuture<Void> patience = new CompletableFuture<Void>()
                .completeOnTimeout(null, shop.operationTimeout().toNanos(), TimeUnit.NANOSECONDS);
        return new BorderPost(shop.borders(), session, agent, path, LockMode.SHARED)
                .patiently(this::share, patience)
                .thenApply(how -> {
                    if (how instanceof Upgrade.Forbidden forbidden) {
                        LockResult refusal = new LockResult.TerritoryForbids(path, forbidden.by());
                        shop.events()
                                .publish(new Event.LockRefused(
                                        shop.time().instant(),
                                        agent,
                                        path,
                                        LockMode.SHARED.name(),
                                        refusal.getClass().getSimpleName(),
                                        refusal.message()));
                        throw new LockRefusedException(refusal);
                    }
                    if (how instanceof Upgrade.Delayed) {
                        throw new BumbaException(
                                BumbaException.Code.UNAVAILABLE,
                                "territories over " + path + " are being changed; it is held as before, try again");
                    }
                    return how instanceof Upgrade.Done;
                });
    }

    private CompletableFuture<Upgrade> share() {
        return convert(() -> {
            if (mode == LockMode.SHARED) {
                return null;
            }
            requireAlone();
            return new Conversion(shop, session, path).toShared(name(node), data.withToken(Optional.of(token.zxid())));
        });
    }

    private void requireAlone() {
        if (mode == LockMode.EXCLUSIVE && count > 1) {
            throw new IllegalStateException("the agent has " + count + " grants of " + path
                    + ", and the others count on its being exclusive; release them first");
        }
    }

    CompletableFuture<Upgrade> upgrade() {
        return convert(() -> mode == LockMode.EXCLUSIVE
                ? null
                : new Conversion(shop, session, path).toExclusive(name(node), data, token));
    }

    /**
     * One conversion after the other, each only while the lock is held.
     *
     * @param begin runs under the lock; null when there is nothing to convert
     */
    private CompletableFuture<Upgrade> convert(Supplier<@Nullable CompletableFuture<Conversion.Result>> begin) {
        synchronized (lock) {
            CompletableFuture<Upgrade> next = converting
                    .handle((done, failed) -> null)
                    .thenCompose(free -> {
                        CompletableFuture<Conversion.Result> conversion;
                        synchronized (lock) {
                            if (!isHeld()) {
                                return CompletableFuture.completedFuture(new Upgrade.Ended());
                            }
                            conversion = begin.get();
                            if (conversion == null) {
                                return CompletableFuture.completedFuture(new Upgrade.Done());
                            }
                            unsure = true;
                            guard.drop();
                        }
                        return conversion.handle(this::converted).thenCompose(CompletableFuture::completedStage);
                    });
            converting = next;
            return next;
        }
    }

    private Upgrade converted(Conversion.@Nullable Result result, @Nullable Throwable failure) {
        if (result == null || result instanceof Conversion.Result.Removed) {
            Async.then(removed(failure == null ? "" : "its conversion failed: " + failure.getMessage()), told -> {});
            if (failure != null) {
                deleteEither();
            }
            return new Upgrade.Ended();
        }
        synchronized (lock) {
            if (result instanceof Conversion.Result.Converted now) {
                node = parent(node) + "/" + now.name();
                mode = mode == LockMode.EXCLUSIVE ? LockMode.SHARED : LockMode.EXCLUSIVE;
                if (mode == LockMode.EXCLUSIVE) {
                    token = new FencingToken(now.zxid());
                    data = data.withToken(Optional.empty());
                } else {
                    data = data.withToken(Optional.of(token.zxid()));
                }
            }
            unsure = false;
            if (state != State.HELD) {
                return new Upgrade.Ended();
            }
            guard = guard();
            if (result instanceof Conversion.Result.Occupied) {
                return new Upgrade.Occupied();
            }
            if (result instanceof Conversion.Result.Forbidden forbidden) {
                return new Upgrade.Forbidden(forbidden.by());
            }
            if (result instanceof Conversion.Result.Delayed) {
                return new Upgrade.Delayed();
            }
            shop.events()
                    .publish(new Event.LockConverted(shop.time().instant(), agent, path, mode.name(), token.zxid()));
            return new Upgrade.Done();
        }
    }

    /** Either name of the contender may stand after a conversion that failed. */
    private void deleteEither() {
        String standing = node();
        Contender known = Contender.parse(name(standing)).orElseThrow();
        LockMode other = known.isExclusive() ? LockMode.SHARED : LockMode.EXCLUSIVE;
        for (String either : List.of(standing, parent(standing) + "/" + known.inMode(other))) {
            Async.then(Cluster.once(session, s -> s.transaction().delete(either)), gone -> {});
        }
    }

    /** Gives one count back. Fails with RELEASE_UNCONFIRMED only through the caller's own time-out. */
    CompletableFuture<ReleaseResult> giveBack() {
        synchronized (lock) {
            if (state == State.LOST || isLeaseOver()) {
                return CompletableFuture.completedFuture(ReleaseResult.LOST);
            }
            if (--count > 0) {
                return CompletableFuture.completedFuture(ReleaseResult.STILL_HELD);
            }
            state = State.RELEASING;
            guard.drop();
        }
        shop.events().publish(new Event.LockReleasing(shop.time().instant(), agent, path, token().zxid()));
        return afterConversion(() -> delete(true))
                .whenComplete((wasThere, failure) -> {
                    if (failure != null) {
                        lose("its release was refused");
                    }
                })
                .thenCompose(wasThere -> wasThere
                        ? CompletableFuture.completedFuture(released())
                        : removed("").thenApply(told -> ReleaseResult.LOST));
    }

    private ReleaseResult released() {
        synchronized (lock) {
            if (state == State.LOST) {
                return ReleaseResult.LOST;
            }
            state = State.RELEASED;
            callbacks = List.of();
        }
        end();
        shop.events().publish(new Event.LockReleased(shop.time().instant(), agent, path, token().zxid()));
        return ReleaseResult.RELEASED;
    }

    /** The lock has ended though nobody gave it back. */
    void lose(String why) {
        if (becomeLost(why)) {
            tellLost();
        }
    }

    /** Somebody deleted our node. Completes when it is known who, as far as that was recorded. */
    private CompletableFuture<Void> removed(String orElse) {
        if (!becomeLost(orElse.isEmpty() ? "its znode was deleted by somebody else" : orElse)) {
            return CompletableFuture.completedFuture(null);
        }
        return Breaks.find(session, shop.layout(), token())
                .handle((record, failure) -> record == null ? Optional.<BreakRecord>empty() : record)
                .thenAccept(found -> {
                    synchronized (lock) {
                        found.ifPresent(record -> whyLost = record.message());
                    }
                    tellLost();
                });
    }

    private void expire() {
        synchronized (lock) {
            // A lease that was renewed meanwhile is not over, and what is being released ends by that.
            if (state != State.HELD || !isLeaseOver()) {
                return;
            }
            guard.drop();
        }
        if (becomeLost("its lease has ended")) {
            // First the deletion: who is told may ask anew, and is not to stand behind it.
            CompletableFuture<Outcome> deleted = afterConversion(
                    () -> Cluster.once(session, s -> s.transaction().delete(node())));
            tellLost();
            Async.then(deleted, gone -> {});
        }
    }

    private boolean becomeLost(String why) {
        synchronized (lock) {
            if (state == State.RELEASED || state == State.LOST) {
                return false;
            }
            state = State.LOST;
            whyLost = why;
            return true;
        }
    }

    private void tellLost() {
        List<Runnable> told;
        String why;
        synchronized (lock) {
            told = callbacks;
            callbacks = List.of();
            why = whyLost;
        }
        shop.events().publish(new Event.LockLost(shop.time().instant(), agent, path, token().zxid(), why));
        end();
        told.forEach(Async::guarded);
    }

    BumbaException lost() {
        synchronized (lock) {
            return new BumbaException(
                    BumbaException.Code.LOCK_LOST,
                    "the lock on " + path + " (token " + token + ") ended before it was given back: "
                            + (whyLost.isEmpty() ? "its lease has ended" : whyLost)
                            + "; what was done since is not protected: check the file, then lock it anew");
        }
    }

    /**
     * Shows since when it is held, and takes away the wait node.
     *
     * @param longWait whether it waited so long that the node's creation says too little
     */
    void settle(boolean longWait) {
        if (longWait) {
            tidy(true);
        } else if (waited.isPresent()) {
            synchronized (lock) {
                tidying = shop.clock().schedule(() -> tidy(false), TIDY_AFTER.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    private void tidy(boolean stamp) {
        Transaction tx = session.transaction();
        synchronized (lock) {
            if (state != State.HELD || unsure) {
                return;
            }
            if (stamp) {
                tx.set(node(), Codec.encode(data));
            }
            if (waitStands) {
                tx.delete(waited.orElseThrow().path());
            }
        }
        if (tx.size() > 0) {
            Async.then(session.commit(tx), outcome -> {
                if (outcome instanceof Outcome.Committed) {
                    synchronized (lock) {
                        waitStands = false;
                    }
                    waited.ifPresent(WaitNode::giveBack);
                }
            });
        }
    }

    /**
     * Whether the node was there when it was deleted. The deletion leaves our contender's name in the parent: when the reply
     * was lost and the node is gone, that is the evidence that it was us. Without it (a later contender overwrites it) the
     * answer is no.
     */
    private CompletableFuture<Boolean> delete(boolean first) {
        String standing = node();
        String parent = parent(standing);
        byte[] evidence = name(standing).getBytes(StandardCharsets.UTF_8);
        Transaction tx = session.transaction().delete(standing).set(parent, evidence);
        int waitIndex = tx.size();
        synchronized (lock) {
            if (waitStands) {
                tx.delete(waited.orElseThrow().path());
            }
        }
        return session.commit(tx).thenCompose(outcome -> {
            if (outcome instanceof Outcome.Committed) {
                return CompletableFuture.completedFuture(true);
            }
            if (outcome instanceof Outcome.Refused refused) {
                if (refused.reason() != Outcome.Reason.NO_NODE) {
                    return CompletableFuture.failedFuture(Session.refused("release " + path, refused.reason()));
                }
                if (refused.index() == waitIndex) {
                    synchronized (lock) {
                        waitStands = false;
                    }
                    return delete(first);
                }
                return first
                        ? CompletableFuture.completedFuture(false)
                        : session.read(parent).thenApply(seen -> seen.map(n -> Arrays.equals(n.data(), evidence))
                                .orElse(false));
            }
            if (outcome instanceof Outcome.Over) {
                return CompletableFuture.completedFuture(false);
            }
            return session.whenLive()
                    .thenCompose(live -> delete(false))
                    .exceptionallyCompose(over -> session.isOver()
                            ? CompletableFuture.completedFuture(false)
                            : CompletableFuture.failedFuture(over));
        });
    }

    private static String parent(String node) {
        return node.substring(0, node.lastIndexOf('/'));
    }

    private static String name(String node) {
        return node.substring(node.lastIndexOf('/') + 1);
    }

    private <T> CompletableFuture<T> afterConversion(Supplier<CompletableFuture<T>> next) {
        CompletableFuture<?> before;
        synchronized (lock) {
            before = converting;
        }
        return before.handle((done, failed) -> null).thenCompose(free -> next.get());
    }

    private Session.Guard guard() {
        return session.guard(node(), () -> Async.then(removed(""), told -> {}));
    }

    private Lease lease(long from, Duration length) {
        return new Lease(shop.clock(), shop.nanos(), from, length, this::warn, this::expire);
    }

    private void warn() {
        List<Runnable> told;
        synchronized (lock) {
            if (state != State.HELD || lease == null || !lease.isEnding()) {
                return;
            }
            told = warnings;
        }
        told.forEach(Async::guarded);
    }

    private boolean isLeaseOver() {
        return lease != null && lease.isOver();
    }

    static List<Runnable> with(List<Runnable> some, Runnable more) {
        List<Runnable> all = new ArrayList<>(some);
        all.add(more);
        return List.copyOf(all);
    }

    private void end() {
        Optional<WaitNode> left;
        synchronized (lock) {
            guard.drop();
            left = waited.filter(node -> waitStands && state == State.LOST && !session.isOver());
            if (lease != null) {
                lease.cancel();
            }
            if (tidying != null) {
                tidying.cancel(false);
            }
        }
        session.forget(this);
        bytes.giveBack();
        waited.ifPresent(WaitNode::giveBack);
        // A release takes the wait node along; who deleted the contender of a lost one did not.
        left.ifPresent(node ->
                Async.then(Cluster.once(session, s -> s.transaction().delete(node.path())), gone -> {}, over -> {}));
        ended.complete(null);
    }
}
