package io.bumba;

import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.agent.Agents;
import io.bumba.agent.Registrar;
import io.bumba.event.Event;
import io.bumba.event.Events;
import io.bumba.lock.Breaks;
import io.bumba.lock.Encounters;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockTable;
import io.bumba.lock.Workshop;
import io.bumba.territory.Ground;
import io.bumba.territory.Ledger;
import io.bumba.territory.Revocations;
import io.bumba.territory.Territories;
import io.bumba.territory.TerritoryTable;
import io.bumba.territory.Warden;
import io.bumba.zk.Async;
import io.bumba.zk.Cluster;
import io.bumba.zk.Connection;
import io.bumba.zk.Containers;
import io.bumba.zk.Layout;
import io.bumba.zk.Leadership;
import io.bumba.zk.LedgerTurn;
import io.bumba.zk.Session;
import io.bumba.zk.WorkspaceSettings;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.curator.framework.CuratorFramework;

/**
 * One connection to the ensemble, with one session at a time. Agents are registered on the session and end with it; after
 * it was lost the next registration begins a new one. Thread-safe.
 *
 * <pre>{@code
 * try (Bumba bumba = Bumba.connect(BumbaConfig.of("127.0.0.1:7372"));
 *         Agent agent = bumba.register(AgentSpec.of("Engineer", "Ada"))) {
 *     LockResult result = bumba.locks(agent).acquire(RepoPath.of("src/auth/login.js"), LockOptions.waitDefault());
 *     try (LockGrant grant = result.orElseThrow()) { ... }
 * }
 * }</pre>
 */
public final class Bumba implements AutoCloseable {
    private final Connection connection;
    private final Cluster cluster;
    private final Layout layout;
    private final Events events;
    private final ScheduledExecutorService clock;
    private final ExecutorService callbacks;
    private final Map<String, Ledger> ledgers = new ConcurrentHashMap<>();
    private final Workshop workshop;
    private final Ground ground;
    private final Registrar registrar;
    private final String clusterId;
    private final Set<Agent> agents = ConcurrentHashMap.newKeySet();
    private final Map<Agent, FileLocks> locks = new ConcurrentHashMap<>();
    private final Map<Agent, Territories> territories = new ConcurrentHashMap<>();
    private volatile WorkspaceSettings settings;

    private Bumba(Opener opener, BumbaConfig config) {
        LongSupplier nanos = System::nanoTime;
        InstantSource time = Clock.systemUTC();
        events = new Events();
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, threads("bumba-clock"));
        timers.setRemoveOnCancelPolicy(true);
        clock = timers;
        callbacks = Executors.newCachedThreadPool(threads("bumba-callback"));
        connection = opener.open(
                config, clock, nanos, state -> events.publish(new Event.SessionChanged(time.instant(), state.name())));
        layout = connection.layout();
        cluster = new Cluster(layout, config.operationTimeout());
        try {
            Session session = connection.session();
            cluster.ensure(session, time, WorkspaceSettings.DEFAULT);
            clusterId = cluster.id(session);
            settings = cluster.settings(session);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        registrar = new Registrar(layout, cluster, time, new SecureRandom(), events, clock);
        Ledger ledger = new Ledger(
                new LedgerTurn(connection.client(), layout.ledgerTurn()), layout, events, clock, nanos, time);
        ledgers.put(layout.workspace(), ledger);
        workshop = new Workshop(
                connection.client(),
                layout,
                ledger,
                new Containers(),
                new Encounters(),
                clock,
                callbacks,
                events,
                nanos,
                time,
                config.operationTimeout());
        ground = new Ground(workshop, ledger);
    }

    /**
     * Connects, waiting for a server for the configured {@code connectTimeout}, and makes the layout if it is not there.
     *
     * @throws BumbaException UNAVAILABLE, naming the address, when no server answers in time; NO_AUTH when the fleet key
     *     is not the cluster's
     */
    public static Bumba connect(BumbaConfig config) {
        return new Bumba(Connection::open, config);
    }

    /**
     * The same over an application's own started client, which is not closed with this object. What is held is lost only
     * with the session of that client; its {@code connectString} is not used.
     */
    public static Bumba attach(CuratorFramework client, BumbaConfig config) {
        return new Bumba((c, clock, nanos, listener) -> Connection.over(client, c, clock, nanos, listener), config);
    }

    /**
     * Registers an agent on the present session. When its parent was registered here too, it is admitted to the parent's
     * territories.
     *
     * @throws BumbaException LIMIT when {@code maxConcurrentAgents} are registered, UNAVAILABLE when nobody answers
     */
    public Agent register(AgentSpec spec) {
        Agent agent = registrar.register(connection.session(), spec, settings);
        agents.add(agent);
        agent.onEnd(Runnable::run, () -> agents.remove(agent));
        for (Agent parent : agents) {
            if (spec.parent().filter(parent.id()::equals).isPresent()) {
                admit(parent, agent);
            }
        }
        return agent;
    }

    /** A child works inside its parent's territories from its first moment on, but for those that are being revoked. */
    private void admit(Agent parent, Agent child) {
        try {
            cluster.await(territories(parent).adopt(child), "admit " + child.id() + " to its parent's territories");
        } catch (RuntimeException e) {
            Async.guarded(child::close);
            throw e;
        }
    }

    /** The file locks of an agent registered here. */
    public FileLocks locks(Agent agent) {
        FileLocks made = locks.computeIfAbsent(agent, a -> new FileLocks(workshop, a, settings));
        agent.onEnd(Runnable::run, () -> locks.remove(agent, made));
        return made;
    }

    /** The territories of an agent registered here. */
    public Territories territories(Agent agent) {
        Territories made = territories.computeIfAbsent(agent, a -> new Territories(ground, a, locks(a), settings));
        agent.onEnd(Runnable::run, () -> territories.remove(agent, made));
        return made;
    }

    /** Reads who is registered. */
    public Agents agents() {
        return new Agents(connection::session, layout, cluster);
    }

    /** Reads who holds and who waits. */
    public LockTable lockTable() {
        return lockTable(layout.workspace());
    }

    /** {@link #lockTable()} of any workspace of the cluster. */
    public LockTable lockTable(String workspace) {
        return new LockTable(connection::session, in(workspace), cluster, Clock.systemUTC());
    }

    /** Reads who has claimed what. */
    public TerritoryTable territoryTable() {
        return territoryTable(layout.workspace());
    }

    /** {@link #territoryTable()} of any workspace of the cluster. */
    public TerritoryTable territoryTable(String workspace) {
        return new TerritoryTable(connection::session, in(workspace), cluster, Clock.systemUTC(), lockTable(workspace));
    }

    /** Ends territories of others, and sets what may be claimed. */
    public Warden warden() {
        return warden(layout.workspace());
    }

    /** {@link #warden()} of any workspace of the cluster. */
    public Warden warden(String workspace) {
        Ledger of = ledgers.computeIfAbsent(
                BumbaConfig.requireWorkspace(workspace),
                name -> new Ledger(
                        new LedgerTurn(connection.client(), in(name).ledgerTurn()),
                        in(name),
                        events,
                        clock,
                        System::nanoTime,
                        Clock.systemUTC()));
        return new Warden(connection::session, in(workspace), cluster, of, events, Clock.systemUTC(), clock);
    }

    private Layout in(String workspace) {
        return new Layout(layout.root(), BumbaConfig.requireWorkspace(workspace));
    }

    /** Ends locks of others, and shows which were ended so, by whom and why. */
    public Breaks breaks() {
        return breaks(layout.workspace());
    }

    /** {@link #breaks()} of any workspace of the cluster. */
    public Breaks breaks(String workspace) {
        return new Breaks(connection::session, in(workspace), cluster, events, Clock.systemUTC());
    }

    /** Shows which territories operators revoked, and why. */
    public Revocations revocations() {
        return revocations(layout.workspace());
    }

    /** {@link #revocations()} of any workspace of the cluster. */
    public Revocations revocations(String workspace) {
        return new Revocations(connection::session, in(workspace), cluster);
    }

    /** The names of all workspaces of the cluster. */
    public List<String> workspaces() {
        return cluster.workspaces(connection.session());
    }

    /**
     * Stands for leader of the coordinators; close it before this object.
     *
     * @param instance the candidate's name, {@code [A-Za-z0-9_.-]}, 1 to 64 characters, unlike all others'
     * @throws IllegalStateException when this object was attached to an application's own client
     */
    public Leadership standForLeader(String instance) {
        return Leadership.stand(connection, cluster, instance);
    }

    /** What happens in this connection. */
    public Events events() {
        return events;
    }

    /** The random id that the cluster drew when its layout was made. */
    public String clusterId() {
        return clusterId;
    }

    /** The settings of the workspace, as read when this object connected or as last written through it. */
    public WorkspaceSettings settings() {
        return settings;
    }

    /** Writes the settings of the workspace; agents that connect later follow them. */
    public void writeSettings(WorkspaceSettings newSettings) {
        cluster.write(connection.session(), newSettings);
        settings = newSettings;
    }

    /**
     * Asks the ensemble by a write, through the leader.
     *
     * @throws BumbaException when it does not answer within the operation timeout
     */
    public void probe() {
        cluster.await(connection.session().barrier(), "verify the session");
    }

    /** Whether the session is connected and verified now. */
    public boolean isConnected() {
        return connection.isLive();
    }

    /** The session timeout that the servers granted. */
    public Duration sessionTimeout() {
        return connection.session().timeout();
    }

    /**
     * Ends every agent of this connection: with the session, if it is our own, else each by its last transaction.
     * Idempotent.
     */
    @Override
    public void close() {
        if (!connection.isOurs()) {
            agents.forEach(agent -> Async.guarded(agent::close));
        }
        connection.close();
        ledgers.values().forEach(Ledger::close);
        clock.shutdownNow();
        callbacks.shutdown();
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger next = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + next.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** How to come by a connection. */
    private interface Opener {
        Connection open(
                BumbaConfig config,
                ScheduledExecutorService clock,
                LongSupplier nanos,
                Consumer<Session.State> listener);
    }
}
