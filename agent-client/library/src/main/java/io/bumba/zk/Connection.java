package io.bumba.zk;

import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.jspecify.annotations.Nullable;

/**
 * A Curator client and the sessions captured on it, one at a time: when one is over, the next is captured on demand.
 * Thread-safe.
 */
public final class Connection implements AutoCloseable {
    private static final String DIGEST = "digest";
    private static final String FLEET = "bumba";

    private final CuratorFramework client;
    private final boolean ours;
    private final BumbaConfig config;
    private final Layout layout;
    private final List<ACL> acl;
    private final ScheduledExecutorService clock;
    private final LongSupplier nanos;
    private final Consumer<Session.State> listener;
    private volatile @Nullable Session session;
    private boolean closed;

    private Connection(
            CuratorFramework client,
            boolean ours,
            BumbaConfig config,
            ScheduledExecutorService clock,
            LongSupplier nanos,
            Consumer<Session.State> listener) {
        this.client = client;
        this.ours = ours;
        this.config = config;
        this.layout = new Layout(config.root(), config.workspace());
        this.acl = config.fleetKey().map(Connection::fleetOnly).orElse(ZooDefs.Ids.OPEN_ACL_UNSAFE);
        this.clock = clock;
        this.nanos = nanos;
        this.listener = listener;
    }

    /**
     * Starts a client of our own. It gives up a session when the servers say so, or when it has been without a server
     * for one session timeout.
     *
     * @param clock runs the pulse of every session
     * @param listener told of every change of state; must not block
     */
    public static Connection open(
            BumbaConfig config, ScheduledExecutorService clock, LongSupplier nanos, Consumer<Session.State> listener) {
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(config.connectString())
                .sessionTimeoutMs((int) config.sessionTimeout().toMillis())
                .connectionTimeoutMs((int) Math.min(
                        config.operationTimeout().toMillis(),
                        config.sessionTimeout().toMillis()))
                .retryPolicy(new RetryNTimes(2, 100))
                .ensembleTracker(false);
        config.fleetKey().ifPresent(key -> builder.authorization(DIGEST, credential(key))
                .aclProvider(new FleetOnly(fleetOnly(key))));
        CuratorFramework client = builder.build();
        client.start();
        return new Connection(client, true, config, clock, nanos, listener);
    }

    /** Uses an application's own started client, and leaves it open. */
    public static Connection over(
            CuratorFramework client,
            BumbaConfig config,
            ScheduledExecutorService clock,
            LongSupplier nanos,
            Consumer<Session.State> listener) {
        if (client.getState() != CuratorFrameworkState.STARTED) {
            throw new IllegalStateException("the CuratorFramework is " + client.getState() + "; start it first");
        }
        return new Connection(client, false, config, clock, nanos, listener);
    }

    /** The client, with no namespace: all our paths are whole. */
    public CuratorFramework client() {
        return client.usingNamespace(null);
    }

    /** Whether closing this ends the session. */
    public boolean isOurs() {
        return ours;
    }

    public Layout layout() {
        return layout;
    }

    /**
     * The session that is captured now, or the next one.
     *
     * @throws BumbaException UNAVAILABLE, naming the servers, when none answers within {@code connectTimeout}
     */
    public synchronized Session session() {
        if (closed) {
            throw new IllegalStateException("this Bumba is closed; connect a new one");
        }
        Session now = session;
        if (now == null || now.isOver()) {
            now = capture();
            session = now;
        }
        return now;
    }

    /** Whether there is a session, connected and verified. */
    public boolean isLive() {
        Session now = session;
        return now != null && now.isLive();
    }

    @Override
    public void close() {
        Session last;
        synchronized (this) {
            closed = true;
            last = session;
        }
        if (ours) {
            client.close();
        }
        if (last != null) {
            last.end();
        }
    }

    private Session capture() {
        try {
            long deadline = nanos.getAsLong() + config.connectTimeout().toNanos();
            while (true) {
                long left = deadline - nanos.getAsLong();
                if (left <= 0
                        || !client.blockUntilConnected((int) Math.max(1, left / 1_000_000), TimeUnit.MILLISECONDS)) {
                    throw unreachable();
                }
                ZooKeeper zk = client.getZookeeperClient().getZooKeeper();
                if (zk.getState().isConnected() && zk.getSessionId() != 0) {
                    config.fleetKey().ifPresent(key -> zk.addAuthInfo(DIGEST, credential(key)));
                    EphemeralBudget budget = new EphemeralBudget(config.maxEphemeralBytes());
                    return new Session(zk, acl, layout.root(), budget, clock, nanos, listener);
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BumbaException(BumbaException.Code.UNAVAILABLE, "interrupted while connecting", e);
        } catch (BumbaException e) {
            throw e;
        } catch (Exception e) {
            throw new BumbaException(
                    BumbaException.Code.UNAVAILABLE, "no session with ZooKeeper at " + config.connectString(), e);
        }
    }

    private BumbaException unreachable() {
        return new BumbaException(
                BumbaException.Code.UNAVAILABLE,
                "no ZooKeeper server answered at " + config.connectString() + " within "
                        + config.connectTimeout().toMillis()
                        + " ms; is the coordinator running (ops/bin/bumba up), and is the address right?");
    }

    private static byte[] credential(Secret key) {
        return (FLEET + ":" + key.reveal()).getBytes(StandardCharsets.UTF_8);
    }

    private static List<ACL> fleetOnly(Secret key) {
        try {
            String digest = DigestAuthenticationProvider.generateDigest(FLEET + ":" + key.reveal());
            return List.of(new ACL(ZooDefs.Perms.ALL, new Id(DIGEST, digest)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no digest algorithm for ZooKeeper's ACLs", e);
        }
    }

    /** For what Curator's recipes make. */
    private record FleetOnly(List<ACL> acl) implements ACLProvider {
        /** ZooKeeper asks whether it contains null, which {@link List#of} does not bear. */
        private FleetOnly {
            acl = new ArrayList<>(acl);
        }

        @Override
        public List<ACL> getDefaultAcl() {
            return acl;
        }

        @Override
        public List<ACL> getAclForPath(String path) {
            return acl;
        }
    }
}
