package io.bumba.agent;

import io.bumba.event.Event;
import io.bumba.event.Events;
import io.bumba.zk.Async;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The agent of one znode.
 *
 * <pre>
 *   alive --close--> TERMINATING --last transaction--> TERMINATED
 *     |
 *     `-- session over, or znode deleted by another --> LOST
 * </pre>
 */
final class LiveAgent implements Agent {
    /** How often activity is written at most. */
    static final Duration ACTIVITY_EVERY = Duration.ofSeconds(5);

    /** How many nodes one transaction deletes; more than that takes several. */
    private static final int DELETES_PER_WRITE = 1_000;

    private final Session session;
    private final Cluster cluster;
    private final String path;
    private final InstantSource time;
    private final Events events;
    private final EphemeralBudget.Share bytes;
    private final Session.Guard guard;
    private final ScheduledFuture<?> writer;
    private final List<Belongings> belongings = new CopyOnWriteArrayList<>();

    private final Object lock = new Object();
    private AgentRecord record;
    private boolean changed;
    private final CompletableFuture<Void> termination = new CompletableFuture<>();
    private final List<Runnable> callbacks = new ArrayList<>();

    LiveAgent(
            AgentRecord record,
            Session session,
            Cluster cluster,
            String path,
            InstantSource time,
            Events events,
            EphemeralBudget.Share bytes,
            ScheduledExecutorService clock) {
        this.record = record;
        this.session = session;
        this.cluster = cluster;
        this.path = path;
        this.time = time;
        this.events = events;
        this.bytes = bytes;
        this.guard = session.guard(path, () -> lost("its registration was deleted by somebody else"));
        long every = ACTIVITY_EVERY.toMillis();
        this.writer = clock.scheduleWithFixedDelay(this::writeIfChanged, every, every, TimeUnit.MILLISECONDS);
        session.onOver(this, () -> lost("its ZooKeeper session ended"));
    }

    @Override
    public AgentId id() {
        return record().id();
    }

    @Override
    public AgentRecord record() {
        synchronized (lock) {
            return record;
        }
    }

    @Override
    public Session session() {
        return session;
    }

    @Override
    public boolean isAlive() {
        AgentStatus status = record().status();
        return status != AgentStatus.LOST && status != AgentStatus.TERMINATED && status != AgentStatus.TERMINATING;
    }

    @Override
    public void status(AgentStatus status) {
        switch (status) {
            case ACTIVE, BUSY, IDLE, SUSPENDED -> {
                synchronized (lock) {
                    requireAlive();
                    record = with(status, time.instant());
                    changed = false;
                }
                write();
            }
            default ->
                throw new IllegalArgumentException(
                        "status " + status + " is set by the system; choose ACTIVE, BUSY, IDLE or SUSPENDED");
        }
    }

    @Override
    public void touch() {
        synchronized (lock) {
            if (isAlive()) {
                record = with(
                        record.status() == AgentStatus.SPAWNED ? AgentStatus.ACTIVE : record.status(), time.instant());
                changed = true;
            }
        }
    }

    @Override
    public void onEnd(Executor executor, Runnable callback) {
        synchronized (lock) {
            if (isAlive() || record.status() == AgentStatus.TERMINATING) {
                callbacks.add(() -> executor.execute(callback));
                return;
            }
        }
        executor.execute(callback);
    }

    @Override
    public void own(Belongings more) {
        belongings.add(more);
        if (!isAlive()) {
            more.gone("agent " + id() + " has ended");
        }
    }

    @Override
    public void close() {
        boolean first = false;
        synchronized (lock) {
            if (isAlive()) {
                record = with(AgentStatus.TERMINATING, time.instant());
                first = true;
            }
        }
        if (first) {
            guard.drop();
            terminate();
        }
        if (!session.isOver()) {
            cluster.await(termination, "terminate " + id());
        }
    }

    /** Goes on to its end whether or not anybody waits for it. */
    private void terminate() {
        CompletableFuture<List<String>> nodes = CompletableFuture.completedFuture(List.of(path));
        for (Belongings each : belongings) {
            nodes = nodes.thenCombine(each.surrender(), (all, more) -> {
                List<String> joined = new ArrayList<>(more);
                joined.addAll(all);
                return joined;
            });
        }
        Async.then(
                nodes.thenCompose(this::deleteInChunks),
                gone -> ended(AgentStatus.TERMINATED, "it was terminated"),
                failure -> ended(AgentStatus.LOST, "its session ended while it was terminated"));
    }

    /** The registration is the last of the nodes. */
    private CompletableFuture<Void> deleteInChunks(List<String> nodes) {
        if (nodes.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        int some = Math.min(DELETES_PER_WRITE, nodes.size());
        return deleteAll(nodes.subList(0, some)).thenCompose(gone -> deleteInChunks(nodes.subList(some, nodes.size())));
    }

    /** Deletes what is left of the nodes, all at one zxid. */
    private CompletableFuture<Outcome> deleteAll(List<String> nodes) {
        return Cluster.once(session, s -> {
                    Transaction deletes = s.transaction();
                    nodes.forEach(deletes::delete);
                    return deletes;
                })
                .thenCompose(outcome -> {
                    if (outcome instanceof Outcome.Refused refused && refused.reason() == Outcome.Reason.NO_NODE) {
                        List<String> rest = new ArrayList<>(nodes);
                        rest.remove(refused.index());
                        return rest.isEmpty() ? CompletableFuture.completedFuture(outcome) : deleteAll(rest);
                    }
                    return CompletableFuture.completedFuture(outcome);
                });
    }

    private void lost(String why) {
        ended(AgentStatus.LOST, why);
    }

    private void ended(AgentStatus status, String why) {
        List<Runnable> told;
        synchronized (lock) {
            if (record.status() == AgentStatus.LOST || record.status() == AgentStatus.TERMINATED) {
                return;
            }
            record = with(status, time.instant());
            told = List.copyOf(callbacks);
            callbacks.clear();
        }
        writer.cancel(false);
        guard.drop();
        session.forget(this);
        bytes.giveBack();
        belongings.forEach(each -> each.gone("agent " + id() + " has ended: " + why));
        events.publish(new Event.AgentEnded(time.instant(), id().value(), status == AgentStatus.LOST, why));
        told.forEach(Async::guarded);
        termination.complete(null);
    }

    private void writeIfChanged() {
        synchronized (lock) {
            if (!changed || !session.isLive()) {
                return;
            }
            changed = false;
        }
        write();
    }

    private void write() {
        Async.then(session.commit(session.transaction().set(path, Codec.encode(record()))), outcome -> {
            if (outcome instanceof Outcome.Unknown) {
                synchronized (lock) {
                    changed = true;
                }
            }
        });
    }

    private void requireAlive() {
        if (!isAlive()) {
            throw new IllegalStateException(
                    "agent " + record.id() + " has ended (" + record.status() + "); register anew");
        }
    }

    private AgentRecord with(AgentStatus status, Instant now) {
        return new AgentRecord(
                record.id(),
                record.type(),
                record.name(),
                record.department(),
                record.role(),
                record.capabilities(),
                record.permissions(),
                status,
                record.parent(),
                record.temporary(),
                record.machine(),
                record.pid(),
                record.registeredAt(),
                now);
    }
}
