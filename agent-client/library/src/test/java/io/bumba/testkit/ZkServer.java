package io.bumba.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.jspecify.annotations.Nullable;

/**
 * A real ZooKeeper server in this JVM, on loopback.
 *
 * <p>Settings: ticks of 500 ms (sessions of 1 s and more), containers and TTL nodes, any number of connections, all four
 * letter words, and <em>no fsync</em>: tests kill processes, they do not cut the power ({@code forceSync=yes} turns it
 * on). Any setting of {@code zoo.cfg} can be given; {@code znode.container.*} too, for containers that are reaped soon.
 * ZooKeeper turns settings it does not know into system properties of the whole JVM; so these outlive the server, and
 * {@code ssl.*} and SASL belong into a {@link ZkProcess}.
 *
 * <p>Most tests need only {@link #shared()} and a {@link #freshRoot()}. Thread-safe.
 */
public final class ZkServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final AtomicInteger ROOTS = new AtomicInteger();
    /** System properties belong to all: one server starts at a time. */
    private static final Object STARTING = new Object();

    private final Path directory;
    private final int port;
    private final Map<String, String> settings;
    private final Duration atMost;
    private final boolean shared;
    private @Nullable ZooKeeperServerEmbedded embedded;
    private @Nullable ZooKeeper client;

    private ZkServer(Path directory, int port, Map<String, String> settings, Duration atMost, boolean shared) {
        this.directory = directory;
        this.port = port;
        this.settings = settings;
        this.atMost = atMost;
        this.shared = shared;
    }

    /** Starts a server that keeps its data in the directory, which is created when missing and never deleted. */
    public static ZkServer start(Path directory) {
        return start(directory, Map.of());
    }

    /** Starts a server with more settings, which win over the kit's own. */
    public static ZkServer start(Path directory, Map<String, String> more) {
        return start(directory, more, START);
    }

    static ZkServer start(Path directory, Map<String, String> more, Duration atMost) {
        return start(directory, more, atMost, false);
    }

    private static ZkServer start(Path directory, Map<String, String> more, Duration atMost, boolean shared) {
        int port = more.containsKey("clientPort") ? Integer.parseInt(more.get("clientPort")) : Ports.free();
        ZkServer server = new ZkServer(directory, port, Map.copyOf(more), atMost, shared);
        server.begin();
        return server;
    }

    /** The one server of this test JVM. It cannot be stopped; tests keep apart by {@link #freshRoot()}. */
    public static ZkServer shared() {
        return Shared.SERVER;
    }

    /** Host and port, for clients. */
    public String connectString() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** A new persistent znode directly under the root, such as {@code /t123}: append it to the connect string. */
    public String freshRoot() {
        String root = "/t" + ROOTS.incrementAndGet();
        try {
            return client().create(root, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            return freshRoot();
        } catch (KeeperException e) {
            throw new IllegalStateException("no fresh root " + root, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** A session of the server's own (30 s, made at first use), for looking and for preparing; closed with the server. */
    public synchronized ZooKeeper client() {
        ZooKeeper present = client;
        if (present == null || !present.getState().isAlive()) {
            present = Sessions.connect(connectString(), Duration.ofSeconds(30));
            client = present;
        }
        return present;
    }

    /** The children of a node; none when there is no node, as after a container has been reaped. */
    public List<String> children(String path) {
        try {
            return client().getChildren(path, false);
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        } catch (KeeperException e) {
            throw new IllegalStateException("no children of " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Stops the server in order; clients see a lost connection. Does nothing when it is stopped. */
    public synchronized void stop() {
        if (shared) {
            throw new IllegalStateException("the shared server serves other tests: start one of your own");
        }
        halt();
    }

    /** Starts the server again: same port, same data, same settings. Stops it before, when it runs. */
    public synchronized void restart() {
        stop();
        begin();
    }

    @Override
    public synchronized void close() {
        ZooKeeper present = client;
        client = null;
        if (present != null && embedded != null) {
            Sessions.close(present);
        }
        stop();
    }

    /** The server object itself, for what no client may do. */
    synchronized ZooKeeperServer server() {
        ZooKeeperServerEmbedded running = embedded;
        if (running == null) {
            throw new IllegalStateException("the server is stopped");
        }
        try {
            Object main = field(running.getClass(), "mainsingle").get(running);
            Object factory = field(org.apache.zookeeper.server.ZooKeeperServerMain.class, "cnxnFactory")
                    .get(main);
            return ((ServerCnxnFactory) factory).getZooKeeperServer();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("another ZooKeeper version? its server cannot be reached", e);
        }
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private synchronized void begin() {
        Directories.create(directory);
        Properties configuration = new Properties();
        configuration.putAll(defaults(port, "127.0.0.1"));
        Map<String, String> system = new HashMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith("znode.container.")) {
                system.put(key, value);
            } else {
                configuration.setProperty(key, value);
            }
        });
        synchronized (STARTING) {
            system.forEach(System::setProperty);
            try {
                embedded = Deadline.guarded("start of ZooKeeper in " + directory, atMost.plusSeconds(5), () -> {
                    ZooKeeperServerEmbedded server = ZooKeeperServerEmbedded.builder()
                            .baseDir(directory)
                            .configuration(configuration)
                            .exitHandler(ExitHandler.LOG_ONLY)
                            .build();
                    Directories.deleteMatching(directory, "zookeeper.configuration*.properties");
                    server.start(atMost.toMillis());
                    return server;
                });
            } finally {
                system.keySet().forEach(System::clearProperty);
            }
        }
        awaitServing();
    }

    private void awaitServing() {
        Deadline.until("ZooKeeper serves at " + connectString(), START, () -> FourLetters.mode(port)
                .isPresent());
    }

    private synchronized void halt() {
        ZooKeeperServerEmbedded running = embedded;
        embedded = null;
        if (running != null) {
            Deadline.guarded("stop of ZooKeeper in " + directory, START, () -> {
                running.close();
                return true;
            });
        }
    }

    /** The settings that all servers of the kit have in common. */
    static Map<String, String> defaults(int port, String host) {
        Map<String, String> settings = new HashMap<>();
        settings.put("clientPort", Integer.toString(port));
        settings.put("clientPortAddress", host);
        settings.put("tickTime", "500");
        settings.put("minSessionTimeout", "1000");
        settings.put("maxSessionTimeout", "600000");
        settings.put("maxClientCnxns", "0");
        settings.put("admin.enableServer", "false");
        settings.put("4lw.commands.whitelist", "*");
        settings.put("extendedTypesEnabled", "true");
        settings.put("forceSync", "no");
        return settings;
    }

    private static final class Shared {
        static final ZkServer SERVER = begin();

        private static ZkServer begin() {
            try {
                Path directory = Files.createTempDirectory("bumba-zk");
                ZkServer server = start(directory, Map.of(), START, true);
                Runtime.getRuntime()
                        .addShutdownHook(new Thread(
                                () -> {
                                    server.halt();
                                    Directories.deleteTree(directory);
                                },
                                "end of the shared ZooKeeper"));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException("no directory for the shared ZooKeeper", e);
            }
        }
    }
}
