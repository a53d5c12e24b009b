package io.bumba.acceptance;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.path.RepoPath;
import io.bumba.zk.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;

/** A user's home on this machine, in a directory of the test's: a data directory, a project, the command. */
final class Machine {
    /** The root of the repository that is tested. */
    static final Path REPOSITORY = Path.of("").toAbsolutePath().resolve("../..").normalize();

    static final Path BUMBA = REPOSITORY.resolve("ops/bin/bumba");

    private final Path home;

    Machine(Path home) {
        this.home = home;
        try {
            Files.createDirectories(project());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path home() {
        return home;
    }

    Path data() {
        return home.resolve("data");
    }

    Path project() {
        return home.resolve("project");
    }

    Path runFile() {
        return data().resolve("run/coordinator.json");
    }

    /** Starts {@code bumba} in the project, with these words. */
    Running start(String... words) {
        return Running.start(command(words));
    }

    /** Runs it to its end, without input. */
    Running run(String... words) {
        Running running = start(words).endOfInput();
        running.exitCode();
        return running;
    }

    ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>(List.of(BUMBA.toString()));
        command.addAll(Arrays.asList(words));
        return inProject(command);
    }

    /** Any command, in the project and with this machine's environment. */
    ProcessBuilder inProject(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(project().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("BUMBA_") || name.equals("COLUMNS"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("BUMBA_DATA", data().toString());
        // Maven has built the jars just now.
        builder.environment().put("BUMBA_NO_BUILD", "1");
        return builder;
    }

    /** Starts a coordinator on free ports and waits until it serves. */
    Running up() {
        return up("--port", "0", "--admin-port", "0", "--zookeeper-port", "0");
    }

    Running up(String... options) {
        List<String> words = new ArrayList<>(List.of("up"));
        words.addAll(Arrays.asList(options));
        Running running = start(words.toArray(String[]::new));
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !running.isAlive() || isServedBy(running));
        if (!running.isAlive()) {
            throw new AssertionError("up ended: " + running.said());
        }
        return running;
    }

    private boolean isServedBy(Running coordinator) {
        return Files.exists(runFile()) && json(runFile()).path("pid").asLong() == coordinator.pid();
    }

    JsonNode runFileJson() {
        return json(runFile());
    }

    /** As an operator does who breaks a lock by hand. */
    void deleteContenders(String path) throws Exception {
        try (CuratorFramework client = zooKeeper()) {
            String lock = layout().lock(RepoPath.of(path));
            for (String child : client.getChildren().forPath(lock)) {
                client.delete().forPath(lock + "/" + child);
            }
        }
    }

    /** As an operator does who ends a territory by hand: its owner's node goes, and whoever meets it frees it. */
    void deleteTerritory(String id) throws Exception {
        try (CuratorFramework client = zooKeeper()) {
            String territory = layout().territory(id);
            for (String child : client.getChildren().forPath(territory)) {
                if (child.startsWith("owner-")) {
                    client.delete().forPath(territory + "/" + child);
                }
            }
        }
    }

    /** As an operator does who ends an agent by hand. */
    void deleteAgent(String id) throws Exception {
        try (CuratorFramework client = zooKeeper()) {
            client.delete().forPath("/bumba/agents/" + id);
        }
    }

    private Layout layout() {
        return new Layout("/bumba", runFileJson().path("workspace").asText());
    }

    private CuratorFramework zooKeeper() throws IOException {
        JsonNode run = runFileJson();
        String key =
                Files.readString(Path.of(run.path("fleetKeyFile").asText())).strip();
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(run.path("zookeeper").asText())
                .retryPolicy(new RetryOneTime(100))
                .authorization("digest", ("bumba:" + key).getBytes(StandardCharsets.UTF_8))
                .build();
        client.start();
        return client;
    }

    static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return json(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
