package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.BreakRecord;
import io.bumba.lock.FencingToken;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.path.RepoPath;
import io.bumba.zk.Leadership;
import io.bumba.zk.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Holders that are stopped beyond their lease, while their sessions live on; coordinators that are killed. */
@Timeout(180)
class LeaseKeeperTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final RepoPath PATH = RepoPath.of("src/a.c");

    /** Long enough to stop its holder before it ends the lock itself, on a busy machine too. */
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();
    private Path dir;
    private EmbeddedZooKeeper zookeeper;

    @BeforeEach
    void server(@TempDir Path directory) throws IOException {
        dir = directory;
        zookeeper = startZooKeeper(TestConfig.options(dir.resolve("none")));
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
        zookeeper.close();
    }

    @Test
    void whenTheLeaderIsKilledAnotherLeadsAndEndsWhatOutlastsItsLease() throws Exception {
        try (CoordinatorProcess a = coordinatorProcess("a");
                CoordinatorProcess b = coordinatorProcess("b");
                Bumba bumba = connect("default")) {
            await().atMost(SOON)
                    .until(() -> leading("a") != leading("b") && leader("a").equals(leader("b")));
            boolean firstLeads = leading("a");
            String survivor = firstLeads ? "b" : "a";
            assertThat(leader(survivor))
                    .isEqualTo(me(firstLeads ? "a" : "b").get("instance").asText());

            Process holder = overholder("default");
            FencingToken held = stop(holder);
            CompletableFuture<LockResult> waiting =
                    locks(bumba).acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofMinutes(2)));
            long killed = System.nanoTime();
            (firstLeads ? a : b).kill().awaitExit();

            LockGrant next = waiting.get(SOON.toSeconds(), TimeUnit.SECONDS).orElseThrow();
            // It began to count when the other one was dead.
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isGreaterThan(LEASE);
            BreakRecord record = record(bumba, held).orElseThrow();
            assertThat(record.by())
                    .isEqualTo("coordinator " + me(survivor).get("instance").asText());
            assertThat(record.reason()).isEqualTo("its lease of 5 s and 400 ms of grace have passed");
            assertThat(leading(survivor)).isTrue();
            assertThat(leader(survivor)).isEqualTo(me(survivor).get("instance").asText());

            assertThat(released(holder)).isEqualTo("release LOST");
            assertThat(next.isValid()).isTrue();
            next.close();
        }
    }

    @Test
    void aLeaseOfAnotherWorkspaceIsEndedTooAndNeitherWaitersNorHoldersWithoutALeaseAre() throws Exception {
        try (Coordinator coordinator = coordinator("a", "10s");
                Bumba bumba = connect("other")) {
            FileLocks locks = locks(bumba);
            LockGrant unlimited =
                    locks.acquire(RepoPath.of("b"), LockOptions.tryNow()).orElseThrow();
            FencingToken held = stop(overholder("other"));
            // Its own lease and the grace are over long before it holds.
            CompletableFuture<LockResult> inLine = locks(bumba)
                    .acquireAsync(
                            PATH, LockOptions.waitUpTo(Duration.ofMinutes(2)).forAtMost(Duration.ofSeconds(2)));

            LockGrant next = inLine.get(SOON.toSeconds(), TimeUnit.SECONDS).orElseThrow();

            assertThat(record(bumba, held)).isPresent();
            var unused = next.releaseAsync();
            assertThat(unlimited.isValid()).isTrue();
            assertThat(bumba.breaks().latest(10)).extracting(BreakRecord::token).containsExactly(held.zxid());
            assertThat(coordinator.config().workspace()).isEqualTo("default");
            unlimited.close();
        }
    }

    @Test
    void whoDoesNotLeadEndsNothing() throws Exception {
        Files.writeString(key(), "0123456789abcdef0123456789abcdef");
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-------"));
        try (Bumba bumba = connect("default");
                Leadership first = bumba.standForLeader("first")) {
            await().atMost(SOON).until(first::isLeader);
            try (Coordinator coordinator = coordinator("a", "10s")) {
                FencingToken held = stop(overholder("default"));
                await().atMost(SOON).during(LEASE.plusSeconds(3)).until(() -> record(bumba, held)
                        .isEmpty());
                JsonNode me = me(coordinator.endpoints().api());
                assertThat(me.get("leading").asBoolean(true)).isFalse();
                assertThat(me.get("leader").asText()).isEqualTo("first");

                first.close();
                await().atMost(SOON).until(() -> record(bumba, held).isPresent());
            }
        }
    }

    @Test
    void anOutageOfZooKeeperThatEndsTheLeadersSessionIsSurvivedThoughNobodyAsksTheCoordinatorAnything()
            throws Exception {
        String port = zookeeper.connectString().split(":", 2)[1];
        try (Coordinator coordinator = coordinator("a", "2s");
                Bumba bumba = connect("default")) {
            String before = me(coordinator.endpoints().api()).get("instance").asText();
            FencingToken held = stop(overholder("default"));
            zookeeper.close();
            await().atMost(SOON).until(() -> Files.readString(
                            dir.resolve("a").resolve("log").resolve("coordinator.log"))
                    .contains("no lease is ended until this passes"));
            zookeeper =
                    startZooKeeper(TestConfig.options(dir.resolve("none"), "zookeeper: {port: " + port + "}"), port);

            await().atMost(SOON).ignoreExceptions().until(() -> record(bumba, held)
                    .map(r -> r.by().equals("coordinator " + before))
                    .orElse(false));
        }
    }

    // ---- what runs
    // ----------------------------------------------------------------------------------------------------

    private EmbeddedZooKeeper startZooKeeper(StartOptions options) throws IOException {
        return EmbeddedZooKeeper.start(
                TestConfig.read(options).zookeeper(), Files.createDirectories(dir.resolve("z")), why -> {});
    }

    private EmbeddedZooKeeper startZooKeeper(StartOptions options, String port) throws IOException {
        StartOptions fixed = new StartOptions(
                options.config(),
                options.data(),
                options.workspace(),
                options.port(),
                options.adminPort(),
                Optional.of(Integer.parseInt(port)));
        return startZooKeeper(fixed);
    }

    private String[] yaml(String sessionTimeout) {
        return new String[] {
            "sessionTimeout: " + sessionTimeout,
            "fleetKeyFile: '" + key() + "'",
            "leases: {checkInterval: 100ms, grace: 400ms}",
            "zookeeper: {embedded: false, connectString: '" + zookeeper.connectString() + "'}"
        };
    }

    private Coordinator coordinator(String name, String sessionTimeout) {
        return Coordinator.start(TestConfig.options(dir.resolve(name), yaml(sessionTimeout)), Map.of(), why -> {});
    }

    private CoordinatorProcess coordinatorProcess(String name) throws IOException {
        Path file = Files.writeString(dir.resolve(name + ".yml"), String.join("\n", yaml("2s")) + "\n");
        return CoordinatorProcess.run(
                        dir, "up", "--data", dir.resolve(name).toString(), "--port", "0", "--config", file.toString())
                .awaitUp();
    }

    private Path key() {
        return dir.resolve("fleet.key");
    }

    private Bumba connect(String workspace) {
        return Bumba.connect(BumbaConfig.builder(zookeeper.connectString())
                .workspace(workspace)
                .fleetKey(Secret.fromFile(key()))
                .sessionTimeout(Duration.ofMinutes(1))
                .build());
    }

    private static FileLocks locks(Bumba bumba) {
        return bumba.locks(bumba.register(AgentSpec.of("Tester", "Ada")));
    }

    private Process overholder(String workspace) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Overholder.class.getName(),
                        zookeeper.connectString(),
                        key().toString(),
                        workspace,
                        PATH.value(),
                        Long.toString(LEASE.toMillis()))
                .redirectError(dir.resolve("overholder.txt").toFile())
                .start();
        processes.add(process);
        return process;
    }

    /** Stops it as soon as it holds; its token. */
    private static FencingToken stop(Process holder) throws Exception {
        String line = line(holder, "holding ");
        signal("STOP", holder);
        return new FencingToken(Long.parseLong(line.substring("holding ".length())));
    }

    /** Lets it go on, and give back what it held; what it says to that. */
    private static String released(Process holder) throws Exception {
        signal("CONT", holder);
        holder.getOutputStream().write('\n');
        holder.getOutputStream().flush();
        return line(holder, "release ");
    }

    private static String line(Process process, String beginning) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = process.getInputStream().read();
                c >= 0;
                c = process.getInputStream().read()) {
            if (c != '\n') {
                line.append((char) c);
            } else if (line.toString().startsWith(beginning)) {
                return line.toString();
            } else {
                line.setLength(0);
            }
        }
        throw new AssertionError("it ended without '" + beginning + "': " + line);
    }

    private static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private static Optional<BreakRecord> record(Bumba bumba, FencingToken token) throws Exception {
        return bumba.breaks().find(token).get(10, TimeUnit.SECONDS);
    }

    private boolean leading(String name) throws Exception {
        return me(name).get("leading").asBoolean();
    }

    private String leader(String name) throws Exception {
        return me(name).get("leader").asText();
    }

    private JsonNode me(String where) throws Exception {
        String api = where.startsWith("http")
                ? where
                : CoordinatorProcess.runFile(dir.resolve(where)).get("apiUrl").asText();
        String body = http.send(
                        HttpRequest.newBuilder(URI.create(api + "/api/v1/status"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                .body();
        return new ObjectMapper().readTree(body).get("coordinator");
    }
}
