package io.bumba.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.jspecify.annotations.Nullable;

/**
 * A real ZooKeeper server in a process of its own, on loopback, that can be killed and paused. Settings as in
 * {@link ZkServer}; its output is in {@code server.log} of its directory. Thread-safe.
 */
public final class ZkProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final Path directory;
    private final int port;
    private final String classpath;
    private final Map<String, String> settings;
    private @Nullable Jvm jvm;

    private ZkProcess(Path directory, int port, String classpath, Map<String, String> settings) {
        this.directory = directory;
        this.port = port;
        this.classpath = classpath;
        this.settings = Map.copyOf(settings);
    }

    /** Starts a server on a free port with its data in the directory, and waits until it serves. */
    public static ZkProcess start(Path directory) {
        return start(directory, Jvm.classpath());
    }

    /** Starts a server with another class path, such as {@link OldZooKeeper#classpath()}. */
    public static ZkProcess start(Path directory, String classpath) {
        return start(directory, classpath, Ports.free(), Map.of());
    }

    /** Starts a server with another class path, a given port and more settings, which win over the kit's own. */
    public static ZkProcess start(Path directory, String classpath, int port, Map<String, String> more) {
        ZkProcess server = prepare(directory, classpath, port, more);
        server.launch();
        server.awaitServing(START);
        return server;
    }

    static ZkProcess prepare(Path directory, String classpath, int port, Map<String, String> more) {
        return new ZkProcess(directory, port, classpath, more);
    }

    public String connectString() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** The process; it is another one after {@link #restart()}. */
    public synchronized Jvm jvm() {
        Jvm present = jvm;
        if (present == null) {
            throw new IllegalStateException("the server at port " + port + " was never started");
        }
        return present;
    }

    public synchronized boolean isAlive() {
        return jvm != null && jvm.isAlive();
    }

    /** Standalone, leader, follower or looking, as the server says; empty when it does not serve. */
    public Optional<String> mode() {
        return isAlive() ? FourLetters.mode(port) : Optional.empty();
    }

    /** What the server says it is: "3.9.5-…". */
    public String version() {
        try {
            String version = FourLetters.mntr(port).get("zk_version");
            return version == null ? "unknown" : version;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException("the server at port " + port + " does not answer", e);
        }
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() {
        long ignored = jvm().kill9();
    }

    /** SIGSTOP: connections stay open, nothing is answered. */
    public void pause() {
        long ignored = jvm().pause();
    }

    /** SIGCONT. */
    public void resume() {
        jvm().resume();
    }

    /** Starts it again, same port and data, killing it first when it runs; waits until it serves. */
    public void restart() {
        restartOnly();
        awaitServing(START);
    }

    /** {@link #restart()} without waiting: a member of an ensemble without quorum serves only when others are back. */
    public void restartOnly() {
        if (isAlive()) {
            kill();
        }
        launch();
    }

    /** Waits until it answers clients. */
    public void awaitServing(Duration atMost) {
        try {
            Deadline.until("ZooKeeper serves at " + connectString(), atMost, () -> !isAlive() || mode().isPresent());
        } catch (RuntimeException late) {
            throw new IllegalStateException(late.getMessage() + log(), late);
        }
        if (!isAlive()) {
            throw new IllegalStateException("the server at port " + port + " has ended" + log());
        }
    }

    @Override
    public synchronized void close() {
        if (jvm != null) {
            jvm.close();
        }
    }

    synchronized void launch() {
        Directories.create(directory.resolve("data"));
        TreeMap<String, String> all = new TreeMap<>(ZkServer.defaults(port, "127.0.0.1"));
        all.put("dataDir", directory.resolve("data").toAbsolutePath().toString());
        Jvm.Options options = Jvm.Options.defaults()
                .withHeap("128m")
                .withClasspath(classpath)
                .withOutput(directory.resolve("server.log"));
        all.putAll(settings);
        if (all.keySet().stream().anyMatch(key -> key.startsWith("server."))) {
            // The member's own server line tells its address.
            all.remove("clientPort");
            all.remove("clientPortAddress");
        }
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, String> entry : all.entrySet()) {
            if (entry.getKey().startsWith("znode.container.")) {
                options = options.withJvmOption("-D" + entry.getKey() + "=" + entry.getValue());
            } else {
                lines.add(entry.getKey() + "=" + entry.getValue());
            }
        }
        Path configuration = directory.resolve("zoo.cfg");
        Directories.write(configuration, lines);
        jvm = Jvm.start(
                QuorumPeerMain.class.getName(),
                List.of(configuration.toAbsolutePath().toString()),
                options);
    }

    private String log() {
        List<String> lines = jvm().lines();
        return "; its last lines:\n  "
                + String.join("\n  ", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }
}
