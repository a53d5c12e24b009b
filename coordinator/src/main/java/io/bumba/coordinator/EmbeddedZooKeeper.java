package io.bumba.coordinator;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.apache.zookeeper.util.ServiceUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ZooKeeper server inside this process: durable (every write synced), on its own directory.
 *
 * <p>ZooKeeper's own start and close may block for ever when something fails inside, so both run in threads of their own
 * behind deadlines. A server that ends by itself, at start or later (a full disk, an unreadable log), is reported once
 * to {@code onDeath}; the process must not go on as if healthy. What ZooKeeper does on such an end is one procedure per
 * JVM, which its start resets: the wait for the start puts ours back, so a failure in the first milliseconds of a start
 * is seen by the deadline only.
 */
final class EmbeddedZooKeeper implements AutoCloseable {
    /** The largest message, both ways; the end of a session with thousands of ephemerals is one. */
    private static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

    private static final String COMMANDS = "srvr,ruok,mntr";
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);

    private final ZooKeeperServerEmbedded server;
    private final String address;
    private final AtomicBoolean ended = new AtomicBoolean();

    private EmbeddedZooKeeper(ZooKeeperServerEmbedded server, String address) {
        this.server = server;
        this.address = address;
    }

    /** To be called before any class of ZooKeeper is loaded, for they read it once. */
    static void raiseMessageLimit() {
        if (System.getProperty("jute.maxbuffer") == null) {
            System.setProperty("jute.maxbuffer", Integer.toString(MAX_MESSAGE_BYTES));
        }
    }

    /**
     * @param directory exists; the data goes to {@code data} in it
     * @param onDeath told, from a thread of ZooKeeper, why the server ended by itself
     * @throws StartFailure when it does not start
     */
    static EmbeddedZooKeeper start(ZooKeeperConfig config, Path directory, Consumer<String> onDeath) {
        raiseMessageLimit();
        Ports.demandFree("ZooKeeper", config.bindAddress(), config.port(), "--zookeeper-port N");
        EmbeddedZooKeeper embedded;
        try {
            embedded = new EmbeddedZooKeeper(
                    ZooKeeperServerEmbedded.builder()
                            .baseDir(directory)
                            .configuration(properties(config))
                            .exitHandler(ExitHandler.LOG_ONLY)
                            .build(),
                    Ports.reachedAt(config.bindAddress()));
        } catch (Exception e) {
            throw failure(directory, e.toString(), e);
        }
        embedded.start(config.startTimeout(), directory, onDeath);
        removeLeftovers(directory);
        return embedded;
    }

    /** {@code host:port} for clients on this machine. */
    String connectString() {
        return address + ":" + server.getClientPort();
    }

    @Override
    public void close() {
        ended.set(true);
        CompletableFuture<Void> closing = new CompletableFuture<>();
        daemon("zookeeper-close", () -> {
            server.close();
            closing.complete(null);
        });
        try {
            closing.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("ZooKeeper did not close within {}; its data is safe, as after a crash", CLOSE_TIMEOUT, e);
        }
    }

    private void start(Duration timeout, Path directory, Consumer<String> onDeath) {
        CompletableFuture<Void> started = new CompletableFuture<>();
        daemon("zookeeper-start", () -> {
            try {
                server.start(timeout.toMillis());
                started.complete(null);
            } catch (Exception e) {
                started.completeExceptionally(e);
            }
        });
        Consumer<Integer> procedure = code -> {
            String why = "the embedded ZooKeeper ended by itself (code " + code + "); see the log";
            if (!started.completeExceptionally(new IOException(why)) && ended.compareAndSet(false, true)) {
                onDeath.accept(why);
            }
        };
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                started.get(10, TimeUnit.MILLISECONDS);
                ServiceUtils.setSystemExitProcedure(procedure);
                return;
            } catch (TimeoutException e) {
                ServiceUtils.setSystemExitProcedure(procedure);
                if (System.nanoTime() - deadline >= 0) {
                    throw abandoned(directory, "it did not start within " + timeout, e);
                }
            } catch (ExecutionException e) {
                throw abandoned(directory, String.valueOf(e.getCause()), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw abandoned(directory, "interrupted", e);
            }
        }
    }

    private StartFailure abandoned(Path directory, String why, Exception e) {
        ended.set(true);
        daemon("zookeeper-close", server::close);
        return failure(directory, why, e);
    }

    private static StartFailure failure(Path directory, String why, Exception e) {
        return new StartFailure(
                StartFailure.Reason.FAILED,
                "the embedded ZooKeeper cannot start on " + directory + ": " + why + "; the log says more. If its data"
                        + " is damaged, restore it, or start empty with --data DIR",
                e);
    }

    private static Properties properties(ZooKeeperConfig config) {
        Properties p = new Properties();
        p.setProperty("clientPort", Integer.toString(config.port()));
        p.setProperty("clientPortAddress", config.bindAddress());
        p.setProperty("tickTime", Long.toString(config.tickTime().toMillis()));
        p.setProperty(
                "minSessionTimeout", Long.toString(config.minSessionTimeout().toMillis()));
        p.setProperty(
                "maxSessionTimeout", Long.toString(config.maxSessionTimeout().toMillis()));
        p.setProperty("maxClientCnxns", Integer.toString(config.maxClientConnections()));
        p.setProperty("admin.enableServer", "false");
        p.setProperty("4lw.commands.whitelist", COMMANDS);
        p.setProperty("extendedTypesEnabled", "true");
        p.setProperty("forceSync", "yes");
        p.setProperty("autopurge.snapRetainCount", Integer.toString(config.snapshotsKept()));
        p.setProperty("autopurge.purgeInterval", "1");
        return p;
    }

    /** Each start leaves a copy of the properties behind. */
    private static void removeLeftovers(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "zookeeper.configuration*.properties")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("cannot remove ZooKeeper's temporary files in {}", directory, e);
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
