package io.bumba.agent;

import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.event.Events;
import io.bumba.zk.Async;
import io.bumba.zk.Cluster;
import io.bumba.zk.Codec;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Layout;
import io.bumba.zk.Node;
import io.bumba.zk.Outcome;
import io.bumba.zk.Session;
import io.bumba.zk.WorkspaceSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/** Registers agents: the creation of the znode proves that the id is unique. Thread-safe. */
public final class Registrar {
    /** The department of a type that the table does not name. */
    public static final String NO_DEPARTMENT = "general";

    private static final int DRAWS = 5;
    private static final String MACHINE = hostName();

    private final Layout layout;
    private final Cluster cluster;
    private final InstantSource time;
    private final RandomGenerator random;
    private final Events events;
    private final ScheduledExecutorService clock;

    public Registrar(
            Layout layout,
            Cluster cluster,
            InstantSource time,
            RandomGenerator random,
            Events events,
            ScheduledExecutorService clock) {
        this.layout = layout;
        this.cluster = cluster;
        this.time = time;
        this.random = random;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Registers on the session.
     *
     * @throws BumbaException LIMIT when {@code maxConcurrentAgents} are registered, UNAVAILABLE when nobody answers
     */
    public Agent register(Session session, AgentSpec spec, WorkspaceSettings settings) {
        for (int draw = 0; draw < DRAWS; draw++) {
            AgentRecord record = record(spec, settings);
            String path = layout.agent(record.id().value());
            EphemeralBudget.Share bytes = session.budget().take(path);
            if (create(session, path, record, bytes)) {
                refuseBeyond(settings.maxConcurrentAgents(), session, path, bytes);
                events.publish(
                        new Event.AgentRegistered(time.instant(), record.id().value(), record.department()));
                return new LiveAgent(record, session, cluster, path, time, events, bytes, clock);
            }
            bytes.giveBack();
        }
        throw new BumbaException(
                BumbaException.Code.PROTOCOL,
                DRAWS + " random agent ids in a row were taken; is the random source sound?");
    }

    private boolean create(Session session, String path, AgentRecord record, EphemeralBudget.Share bytes) {
        CompletableFuture<Outcome> created = create(session, path, Codec.encode(record));
        Outcome outcome = withdrawingOnFailure(session, path, bytes, created, "register " + record.id());
        if (outcome instanceof Outcome.Over) {
            throw new BumbaException(
                    BumbaException.Code.SESSION_LOST,
                    "the session ended while registering " + record.id() + "; try again");
        }
        if (outcome instanceof Outcome.Refused refused && refused.reason() != Outcome.Reason.NODE_EXISTS) {
            throw Session.refused("register " + record.id(), refused.reason());
        }
        return outcome instanceof Outcome.Committed;
    }

    /** Creates it once; after a lost reply looks, behind a write, whether it is there and ours. */
    private static CompletableFuture<Outcome> create(Session session, String path, byte[] data) {
        return session.commit(session.transaction().ephemeral(path, data)).thenCompose(outcome -> {
            if (!(outcome instanceof Outcome.Unknown)) {
                return CompletableFuture.completedFuture(outcome);
            }
            return session.whenLive()
                    .thenCompose(live -> session.barrier())
                    .thenCompose(sure -> session.read(path))
                    .thenCompose(node -> isOurs(session, node)
                            ? CompletableFuture.completedFuture(new Outcome.Committed(0, List.of()))
                            : create(session, path, data));
        });
    }

    /** When the answer does not come in time, whatever comes of it later is taken back. */
    private <T> T withdrawingOnFailure(
            Session session, String path, EphemeralBudget.Share bytes, CompletableFuture<T> answer, String what) {
        try {
            return cluster.await(answer, what);
        } catch (BumbaException e) {
            Runnable withdraw = () -> {
                bytes.giveBack();
                Async.then(Cluster.once(session, s -> s.transaction().delete(path)), gone -> {});
            };
            Async.then(answer, late -> withdraw.run(), failed -> withdraw.run());
            throw e;
        }
    }

    private static boolean isOurs(Session session, Optional<Node> node) {
        return node.map(n -> n.owner() == session.id()).orElse(false);
    }

    /** Our own creation is in the count, so of several at the limit none slips past it. */
    private void refuseBeyond(int most, Session session, String path, EphemeralBudget.Share bytes) {
        int now = withdrawingOnFailure(session, path, bytes, session.children(layout.agents()), "count the agents")
                .map(children -> children.names().size())
                .orElse(0);
        if (now > most) {
            bytes.giveBack();
            cluster.await(Cluster.once(session, s -> s.transaction().delete(path)), "withdraw a registration");
            throw new BumbaException(
                    BumbaException.Code.LIMIT,
                    (now - 1) + " agents are registered, the limit maxConcurrentAgents is " + most
                            + "; end some, or raise it in the coordinator's configuration");
        }
    }

    private AgentRecord record(AgentSpec spec, WorkspaceSettings settings) {
        Instant now = time.instant();
        String id = spec.type() + "-" + spec.name() + "-" + now.toEpochMilli() + "-"
                + String.format("%08x", random.nextInt());
        String type = spec.type().toLowerCase(Locale.ROOT);
        return new AgentRecord(
                new AgentId(id),
                spec.type(),
                spec.name(),
                spec.department().orElse(settings.departments().getOrDefault(type, NO_DEPARTMENT)),
                spec.role().orElse(type),
                spec.capabilities(),
                spec.permissions(),
                AgentStatus.SPAWNED,
                spec.parent(),
                spec.temporary(),
                MACHINE,
                ProcessHandle.current().pid(),
                now,
                now);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
