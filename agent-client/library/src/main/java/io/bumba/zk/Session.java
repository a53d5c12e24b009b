package io.bumba.zk;

import io.bumba.BumbaException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ZooKeeper session, through the one handle it was captured on. Deciding transactions go through it and never through
 * Curator's retry loop, which repeats a transaction whose reply was lost and goes on in a new session.
 *
 * <pre>
 *             disconnected, or its request failed
 *   LIVE  ----------------------------------------->  SUSPENDED
 *    ^  \                                               |
 *    |   \ the lease has run out                        | connected again
 *    |    \                                             v
 *    |     `--------------------------------------> VERIFYING --- disconnected ---> SUSPENDED
 *    |                                                  |
 *    `------- a write of this session went through -----'
 *
 *   any -- expired, or the handle was closed --> OVER, for good
 * </pre>
 *
 * {@link #isLive()} is true in LIVE only, and only while the <em>lease</em> lasts: two thirds of the session timeout from
 * the moment when the last request that was answered was <em>sent</em>, by the monotonic clock. The servers keep the
 * session for a whole timeout from when they got it. So a process that was stopped and goes on, or whose requests go
 * nowhere though it still hears, finds it false by itself. It is a hint all the same: a pause may begin after the answer.
 *
 * <p>Reads repeat themselves until the session is live again or over; they grant nothing. Futures complete on the
 * handle's event thread, where nothing may block. Thread-safe.
 */
public final class Session {
    /** What a session is in; see the diagram. */
    public enum State {
        LIVE,
        SUSPENDED,
        VERIFYING,
        OVER
    }

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final int PULSES_PER_TIMEOUT = 24;
    private static final int RENEWALS_PER_TIMEOUT = 6;

    /** How many children a listing may have; with the names of ours that is below {@code jute.maxbuffer}. */
    public static final int MAX_LISTED = 15_000;

    /** How many guards one verifying transaction checks; far below {@link Transaction#MAX_BYTES}. */
    private static final int CHECKS_PER_WRITE = 200;

    private final ZooKeeper zk;
    private final long id;
    private final Duration timeout;
    private final List<ACL> acl;
    private final String anchor;
    private final EphemeralBudget budget;
    private final LongSupplier nanos;
    private final long leaseNanos;
    private final long renewNanos;
    private final Consumer<State> listener;
    private final Future<?> pulse;
    private final Watcher anchorWatcher = this::anchorEvent;

    private final Watchers watchers;
    private final Object lock = new Object();
    private volatile State state = State.LIVE;
    private volatile long leaseFrom;
    private volatile long renewedAt;
    private volatile int round;
    private final Guards guards =
            new Guards((path, changed) -> watch(path, changed).thenApply(Optional::isPresent));
    private final Queue<Runnable> awaitingLive = new ConcurrentLinkedQueue<>();
    private final Map<Object, Runnable> awaitingOver = new ConcurrentHashMap<>();

    /**
     * @param anchor a znode that is never deleted while the session lives
     * @param clock runs the pulse; must not be blocked by others
     * @param listener told of every change of state, in order; must not block
     */
    Session(
            ZooKeeper zk,
            List<ACL> acl,
            String anchor,
            EphemeralBudget budget,
            ScheduledExecutorService clock,
            LongSupplier nanos,
            Consumer<State> listener) {
        this.zk = zk;
        this.watchers = new Watchers(zk);
        this.id = zk.getSessionId();
        this.timeout = Duration.ofMillis(zk.getSessionTimeout());
        this.acl = acl;
        this.anchor = anchor;
        this.budget = budget;
        this.nanos = nanos;
        this.listener = listener;
        this.leaseNanos = timeout.toNanos() * 2 / 3;
        this.renewNanos = timeout.toNanos() / RENEWALS_PER_TIMEOUT;
        this.leaseFrom = nanos.getAsLong();
        this.renewedAt = leaseFrom;
        long every = Math.max(20_000_000, timeout.toNanos() / PULSES_PER_TIMEOUT);
        this.pulse = clock.scheduleWithFixedDelay(this::pulse, 0, every, TimeUnit.NANOSECONDS);
        watchConnection();
    }

    public long id() {
        return id;
    }

    /** As negotiated with the servers. */
    public Duration timeout() {
        return timeout;
    }

    public State state() {
        return state;
    }

    public EphemeralBudget budget() {
        return budget;
    }

    /** Whether the session may be relied on now, as far as can be known without asking. */
    public boolean isLive() {
        return state == State.LIVE && nanos.getAsLong() - leaseFrom <= leaseNanos;
    }

    public boolean isOver() {
        return state == State.OVER;
    }

    /** Whether this session's handle is the one that the client uses now (CURATOR-604). */
    public boolean isCurrentOf(CuratorFramework client) {
        try {
            return state != State.OVER && client.getZookeeperClient().getZooKeeper() == zk;
        } catch (Exception e) {
            LOG.debug("no handle to compare with", e);
            return false;
        }
    }

    public Transaction transaction() {
        return new Transaction(acl);
    }

    /**
     * Sends the transaction once.
     *
     * @throws BumbaException LIMIT when it is too large to send
     */
    public CompletableFuture<Outcome> commit(Transaction transaction) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        AsyncCallback.MultiCallback reply = (rc, path, context, results) -> outcome.complete(outcome(rc, results));
        zk.multi(transaction.ops(), reply, null);
        return outcome;
    }

    /**
     * A write that changes nothing. When it completes, every earlier request of this session has taken effect or never
     * will, and a read sees it.
     */
    public CompletableFuture<Void> barrier() {
        return commit(transaction().exists(anchor)).thenCompose(outcome -> {
            if (outcome instanceof Outcome.Committed) {
                return CompletableFuture.completedFuture(null);
            }
            if (outcome instanceof Outcome.Refused refused) {
                return CompletableFuture.failedFuture(refused("verify the session at " + anchor, refused.reason()));
            }
            return whenLive().thenCompose(live -> barrier());
        });
    }

    /**
     * The children; empty when there is no such node. Fails with LIMIT for a node that has more than {@link #MAX_LISTED}: the
     * reply would drop the connection, again and again.
     */
    public CompletableFuture<Optional<Children>> children(String path) {
        CompletableFuture<Optional<Children>> answer = new CompletableFuture<>();
        AsyncCallback.Children2Callback reply = (rc, p, context, names, stat) -> answer(
                rc,
                "list " + path,
                answer,
                () -> Optional.of(new Children(names, stat.getPzxid(), stat.getVersion())),
                () -> childrenIfFew(path));
        zk.getChildren(path, false, reply, null);
        return answer;
    }

    /** After a listing whose reply did not come: it may be too large. */
    private CompletableFuture<Optional<Children>> childrenIfFew(String path) {
        return read(path).thenCompose(node -> {
            int count = node.map(Node::children).orElse(0);
            return count <= MAX_LISTED
                    ? children(path)
                    : CompletableFuture.failedFuture(new BumbaException(
                            BumbaException.Code.LIMIT,
                            path + " has " + count + " children, the limit MAX_LISTED is " + MAX_LISTED
                                    + ": a listing would be over ZooKeeper's jute.maxbuffer; an operator must delete what"
                                    + " does not belong there"));
        });
    }

    /** The node; empty when there is none. */
    public CompletableFuture<Optional<Node>> read(String path) {
        CompletableFuture<Optional<Node>> answer = new CompletableFuture<>();
        AsyncCallback.DataCallback reply = (rc, p, context, data, stat) ->
                answer(rc, "read " + path, answer, () -> Optional.of(Node.of(data, stat)), () -> read(path));
        zk.getData(path, false, reply, null);
        return answer;
    }

    /**
     * Calls back once when the node goes, or at any change of its data; empty when it is gone already. The callback runs
     * on the event thread.
     */
    public CompletableFuture<Optional<Watch>> watch(String path, Runnable changed) {
        Watch watch = new Watch(path, changed);
        return join(path, watch).thenApply(there -> there ? Optional.of(watch) : Optional.empty());
    }

    /**
     * Guards a node of this session: {@code gone} runs once when somebody else deletes it. Found out within a 12th of the
     * session timeout for a young node, at once for an older one. Not run when the session ends.
     */
    public Guard guard(String path, Runnable gone) {
        return guard(path, () -> {}, gone);
    }

    /** The same, and {@code changed} runs when its data may have changed, at least once for a node that is not young. */
    public Guard guard(String path, Runnable changed, Runnable gone) {
        return guards.add(path, changed, gone);
    }

    /** Completes when the session is live, now or later; fails with {@link SessionOverException}. */
    public CompletableFuture<Void> whenLive() {
        CompletableFuture<Void> live = new CompletableFuture<>();
        awaitingLive.add(() -> {
            if (isOver()) {
                live.completeExceptionally(new SessionOverException());
            } else {
                live.complete(null);
            }
        });
        if (isOver() || isLive()) {
            wakeAwaiting();
        }
        return live;
    }

    /** Runs once when the session is over, or at once when it is. Give the key to {@link #forget} when no longer needed. */
    public void onOver(Object key, Runnable action) {
        awaitingOver.put(key, action);
        if (isOver() && awaitingOver.remove(key, action)) {
            action.run();
        }
    }

    public void forget(Object key) {
        awaitingOver.remove(key);
    }

    /** A failure of infrastructure in words. */
    public static BumbaException refused(String what, Outcome.Reason reason) {
        return reason == Outcome.Reason.NO_AUTH
                ? new BumbaException(
                        BumbaException.Code.NO_AUTH,
                        "ZooKeeper refused to " + what
                                + ": the fleet key is missing or wrong; give the key file of this"
                                + " cluster's coordinator (keys/fleet in its data directory)")
                : new BumbaException(BumbaException.Code.PROTOCOL, "ZooKeeper refused to " + what + ": " + reason);
    }

    /** Lets go of the handle, which somebody else closes. */
    void end() {
        if (become(State.OVER) && zk.getState().isAlive()) {
            zk.removeWatches(anchor, anchorWatcher, WatcherType.Any, true, (rc, path, context) -> {}, null);
        }
    }

    private void pulse() {
        try {
            long now = nanos.getAsLong();
            boolean lapsed = now - leaseFrom > leaseNanos;
            if (!zk.getState().isAlive()) {
                become(State.OVER);
            } else if (!zk.getState().isConnected()) {
                become(State.SUSPENDED);
            } else if (state == State.SUSPENDED || (lapsed && state == State.LIVE)) {
                verify();
            }
            if (state == State.LIVE) {
                if (now - renewedAt >= renewNanos) {
                    renew(now);
                }
                guards.pulse();
                wakeAwaiting();
            }
        } catch (RuntimeException e) {
            LOG.warn("the pulse of session 0x{} failed; the next one tries again", Long.toHexString(id), e);
        }
    }

    /** One read, which the servers take for a sign of life. */
    private void renew(long sentAt) {
        renewedAt = sentAt;
        AsyncCallback.StatCallback reply = (rc, path, context, stat) -> {
            if (outcome(rc, List.of()) instanceof Outcome.Committed) {
                extendLease(sentAt);
            }
        };
        zk.exists(anchor, false, reply, null);
    }

    private void extendLease(long sentAt) {
        synchronized (lock) {
            if (sentAt - leaseFrom > 0) {
                leaseFrom = sentAt;
            }
        }
    }

    private void anchorEvent(WatchedEvent event) {
        connectionEvent(event);
        boolean fired = event.getType() != Watcher.Event.EventType.None
                && event.getType() != Watcher.Event.EventType.DataWatchRemoved;
        if (fired && !isOver()) {
            watchConnection();
        }
    }

    private void watchConnection() {
        zk.exists(
                anchor,
                anchorWatcher,
                (rc, path, context, stat) -> {
                    if (rc == KeeperException.Code.CONNECTIONLOSS.intValue()) {
                        become(State.SUSPENDED);
                        Async.then(whenLive(), live -> watchConnection());
                    }
                },
                null);
    }

    private void connectionEvent(WatchedEvent event) {
        switch (event.getState()) {
            case SyncConnected -> {
                if (state == State.SUSPENDED) {
                    verify();
                }
            }
            case Expired, Closed, AuthFailed -> become(State.OVER);
            default -> become(State.SUSPENDED);
        }
    }

    private void verify() {
        if (become(State.VERIFYING)) {
            verify(List.copyOf(guards.all()), round);
        }
    }

    /** @param thisRound the answer of an earlier round, from before a disconnection, makes nothing live */
    private void verify(List<Guards.Guard> unchecked, int thisRound) {
        List<Guards.Guard> now = unchecked.subList(0, Math.min(CHECKS_PER_WRITE, unchecked.size()));
        long sentAt = nanos.getAsLong();
        Transaction checks = transaction().exists(anchor);
        now.forEach(guard -> checks.exists(guard.path()));
        Async.then(commit(checks), outcome -> {
            if (outcome instanceof Outcome.Committed) {
                extendLease(sentAt);
                if (now.size() < unchecked.size()) {
                    verify(unchecked.subList(now.size(), unchecked.size()), thisRound);
                } else if (thisRound == round) {
                    become(State.LIVE);
                }
            } else if (outcome instanceof Outcome.Refused refused && refused.index() > 0) {
                Guards.Guard missing = now.get(refused.index() - 1);
                Async.guarded(missing::gone);
                verify(unchecked.stream().filter(guard -> guard != missing).toList(), thisRound);
            } else {
                become(outcome instanceof Outcome.Over ? State.OVER : State.SUSPENDED);
            }
        });
    }

    /** Whether this call made the transition. */
    private boolean become(State next) {
        synchronized (lock) {
            boolean allowed = state != State.OVER && state != next && (next != State.LIVE || state == State.VERIFYING);
            if (!allowed) {
                return false;
            }
            state = next;
            round += next == State.VERIFYING ? 1 : 0;
            listener.accept(next);
        }
        if (next == State.OVER) {
            pulse.cancel(false);
            guards.clear();
            for (Object key : List.copyOf(awaitingOver.keySet())) {
                Runnable action = awaitingOver.remove(key);
                if (action != null) {
                    Async.guarded(action);
                }
            }
        }
        if (next == State.LIVE || next == State.OVER) {
            wakeAwaiting();
        }
        return true;
    }

    private void wakeAwaiting() {
        for (Runnable next = awaitingLive.poll(); next != null; next = awaitingLive.poll()) {
            Async.guarded(next);
        }
    }

    /** Whether the node is there and watched; what is not watched has left {@link #watchers}. */
    private CompletableFuture<Boolean> join(String path, Watcher watcher) {
        CompletableFuture<Boolean> there = new CompletableFuture<>();
        AsyncCallback.DataCallback reply = (rc, p, context, data, stat) -> {
            if (rc == KeeperException.Code.OK.intValue()) {
                there.complete(true);
                return;
            }
            watchers.left(path);
            if (rc == KeeperException.Code.NONODE.intValue()) {
                there.complete(false);
            } else {
                answer(rc, "watch " + path, there, () -> true, () -> join(path, watcher));
            }
        };
        watchers.join(path, watcher, reply);
        return there;
    }

    private <T> void answer(
            int rc,
            String what,
            CompletableFuture<T> answer,
            java.util.function.Supplier<T> value,
            java.util.function.Supplier<CompletableFuture<T>> again) {
        Outcome outcome = outcome(rc, List.of());
        if (outcome instanceof Outcome.Committed) {
            answer.complete(value.get());
        } else if (outcome instanceof Outcome.Over) {
            answer.completeExceptionally(new SessionOverException());
        } else if (outcome instanceof Outcome.Refused refused) {
            if (refused.reason() == Outcome.Reason.NO_NODE) {
                @SuppressWarnings("unchecked")
                T none = (T) Optional.empty();
                answer.complete(none);
            } else {
                answer.completeExceptionally(refused(what, refused.reason()));
            }
        } else {
            Async.then(whenLive().thenCompose(live -> again.get()), answer::complete, answer::completeExceptionally);
        }
    }

    private Outcome outcome(int rc, List<OpResult> results) {
        KeeperException.Code code = KeeperException.Code.get(rc);
        return switch (code) {
            case OK -> committed(results);
            case CONNECTIONLOSS, OPERATIONTIMEOUT, REQUESTTIMEOUT, SESSIONMOVED -> {
                become(State.SUSPENDED);
                yield new Outcome.Unknown();
            }
            case SESSIONEXPIRED, AUTHFAILED -> {
                become(State.OVER);
                yield new Outcome.Over();
            }
            default -> new Outcome.Refused(refusedIndex(results), reason(code));
        };
    }

    private static Outcome committed(List<OpResult> results) {
        long zxid = 0;
        List<String> created = new java.util.ArrayList<>();
        for (OpResult result : results) {
            if (result instanceof OpResult.SetDataResult set) {
                zxid = set.getStat().getMzxid();
            } else if (result instanceof OpResult.CreateResult create) {
                created.add(create.getPath());
            }
        }
        return new Outcome.Committed(zxid, created);
    }

    private static int refusedIndex(List<OpResult> results) {
        for (int i = 0; results != null && i < results.size(); i++) {
            if (results.get(i) instanceof OpResult.ErrorResult error
                    && error.getErr() != KeeperException.Code.OK.intValue()
                    && error.getErr() != KeeperException.Code.RUNTIMEINCONSISTENCY.intValue()) {
                return i;
            }
        }
        return 0;
    }

    private static Outcome.Reason reason(KeeperException.Code code) {
        return switch (code) {
            case BADVERSION -> Outcome.Reason.BAD_VERSION;
            case NONODE -> Outcome.Reason.NO_NODE;
            case NODEEXISTS -> Outcome.Reason.NODE_EXISTS;
            case NOTEMPTY -> Outcome.Reason.NOT_EMPTY;
            case NOAUTH -> Outcome.Reason.NO_AUTH;
            default -> Outcome.Reason.OTHER;
        };
    }

    /**
     * A watch on one node; calls back at most once. Somebody else who uses the handle may take all watches of a node back;
     * that calls back too, so that no wake-up is lost.
     */
    public final class Watch implements Watcher {
        private final String path;
        private final Runnable changed;
        private final AtomicBoolean spent = new AtomicBoolean();

        private Watch(String path, Runnable changed) {
            this.path = path;
            this.changed = changed;
        }

        @Override
        public void process(WatchedEvent event) {
            if (event.getType() != Event.EventType.None && spent.compareAndSet(false, true)) {
                watchers.left(path);
                changed.run();
            }
        }

        /** Takes the watch back, from the server too. */
        public void cancel() {
            if (spent.compareAndSet(false, true) && !isOver()) {
                watchers.cancel(path);
            }
        }
    }

    /** The watch over one of our own nodes. */
    public interface Guard {
        /** No longer of interest; call it before deleting the node oneself. */
        void drop();

        /** Watches it though it is young; does nothing if it is watched already. */
        void watchNow();
    }
}
