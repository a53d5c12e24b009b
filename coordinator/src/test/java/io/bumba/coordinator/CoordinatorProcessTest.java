package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.zk.Secret;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.client.FourLetterWordMain;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a process shows: exit codes, signals, what is printed, what survives. */
class CoordinatorProcessTest {
    private Path dir;

    @BeforeEach
    void directory(@TempDir Path directory) {
        dir = directory;
    }

    @Test
    void aKilledCoordinatorFindsEverythingAgainAndATerminatedOneLeavesNothingBehind() throws Exception {
        Path data = dir.resolve("d");
        JsonNode before;
        try (CoordinatorProcess first = up(data)) {
            before = CoordinatorProcess.runFile(data);
            assertThat(before.get("pid").asLong()).isEqualTo(first.pid());
            assertThat(first.out())
                    .contains(
                            before.get("apiUrl").asText(),
                            before.get("adminUrl").asText(),
                            before.get("zookeeper").asText(),
                            data.toString(),
                            "bumba run --data " + data + " --lock");
            assertThat(first.out() + first.err()).doesNotContain("INFO", "WARN");
            writeSettings(before, 77);
            assertThat(first.kill().awaitExit()).isEqualTo(137);
        }
        assertThat(data.resolve("run").resolve("api.sock")).exists();

        try (CoordinatorProcess second = CoordinatorProcess.run(
                        dir, "up", "--data", data.toString(), "--port", "0", "--workspace", "other")
                .awaitUp()) {
            JsonNode after = CoordinatorProcess.runFile(data);
            assertThat(after.get("clusterId").asText())
                    .isEqualTo(before.get("clusterId").asText());
            assertThat(after.get("pid").asLong()).isEqualTo(second.pid());
            try (Bumba bumba = connect(after, "default")) {
                assertThat(bumba.settings().maxConcurrentAgents()).isEqualTo(77);
            }
            assertThat(second.terminate().awaitExit()).isEqualTo(143);
        }
        assertThat(data.resolve("run")).isEmptyDirectory();
        for (String secret : List.of("fleet", "operator")) {
            Path file = data.resolve("keys").resolve(secret);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(data.resolve("log").resolve("coordinator.log")))
                    .isNotBlank()
                    .doesNotContain(Files.readString(file).strip());
        }
    }

    @Test
    void aSecondOneOnTheSameDataSaysWhoHasItAndOneOnATakenPortHowToChooseAnother() throws Exception {
        Path data = dir.resolve("d");
        try (CoordinatorProcess first = up(data)) {
            try (CoordinatorProcess second =
                    CoordinatorProcess.run(dir, "up", "--data", data.toString(), "--port", "0")) {
                assertThat(second.awaitExit()).isEqualTo(5);
                assertThat(second.err())
                        .contains("process " + first.pid(), "--data DIR")
                        .hasLineCount(1);
            }
            String taken =
                    CoordinatorProcess.runFile(data).get("zookeeper").asText().split(":", 2)[1];
            String other = dir.resolve("e").toString();
            refusedPort("--zookeeper-port", taken, "--data", other, "--port", "0");
            try (ServerSocket mine = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                String port = Integer.toString(mine.getLocalPort());
                refusedPort("--admin-port", port, "--data", other, "--port", "0");
            }
        }
    }

    @Test
    void aWrongConfigurationIsOneMessageWithoutAStackTrace() throws Exception {
        Path file = Files.writeString(dir.resolve("my.yml"), "maxConcurrentAgents: 0\n");
        try (CoordinatorProcess process = CoordinatorProcess.run(dir, "server", file.toString())) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(process.err())
                    .contains("my.yml", "maxConcurrentAgents must be greater than or equal to 1")
                    .doesNotContain("\tat ", "Exception");
        }
        try (CoordinatorProcess process = CoordinatorProcess.run(dir, "up", "--prot", "1")) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(process.err()).contains("--prot").doesNotContain("\tat ");
        }
    }

    @Test
    void aCoordinatorWhoseZooKeeperCannotWriteEndsInsteadOfGoingOn() throws Exception {
        try (CoordinatorProcess process = CoordinatorProcess.run(
                List.of("bash", "-c", "ulimit -f 512; exec \"$@\"", "-"),
                dir,
                "up",
                "--data",
                dir.resolve("d").toString(),
                "--port",
                "0")) {
            assertThat(process.awaitExit()).isEqualTo(1);
            assertThat(process.out()).isEmpty();
            assertThat(process.err()).contains("ZooKeeper ended by itself");
        }
    }

    @Test
    void aCoordinatorThatSleptThroughItsSessionGoesOnWithANewOne() throws Exception {
        Path zookeeper = Files.createDirectories(dir.resolve("z"));
        EmbeddedZooKeeper server = EmbeddedZooKeeper.start(
                TestConfig.read(TestConfig.options(dir.resolve("d"))).zookeeper(), zookeeper, why -> {});
        Path file = Files.writeString(
                dir.resolve("my.yml"),
                "sessionTimeout: 2s\nzookeeper: {embedded: false, connectString: '" + server.connectString() + "'}\n");
        Path data = dir.resolve("d");
        try (CoordinatorProcess process = CoordinatorProcess.run(
                        dir, "up", "--data", data.toString(), "--port", "0", "--config", file.toString())
                .awaitUp()) {
            signal("STOP", process);
            await().atMost(Duration.ofSeconds(20)).until(() -> sessions(server) == 0);
            signal("CONT", process);

            URI locks =
                    URI.create(CoordinatorProcess.runFile(data).get("apiUrl").asText() + "/api/v1/locks");
            await().atMost(Duration.ofSeconds(20)).until(() -> sessions(server) == 1);
            await().atMost(Duration.ofSeconds(20)).until(() -> get(locks).contains("\"stale\":false"));
        } finally {
            server.close();
        }
    }

    private static void signal(String name, CoordinatorProcess process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private static int sessions(EmbeddedZooKeeper server) throws Exception {
        String[] address = server.connectString().split(":", 2);
        return FourLetterWordMain.send4LetterWord(address[0], Integer.parseInt(address[1]), "mntr")
                .lines()
                .filter(line -> line.startsWith("zk_global_sessions"))
                .mapToInt(line -> Integer.parseInt(line.split("\t", -1)[1]))
                .sum();
    }

    private static String get(URI uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private void refusedPort(String option, String port, String... args) throws Exception {
        String[] all = java.util.stream.Stream.of(new String[] {"up"}, args, new String[] {option, port})
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
        try (CoordinatorProcess process = CoordinatorProcess.run(dir, all)) {
            assertThat(process.awaitExit()).as(process.err()).isEqualTo(4);
            assertThat(process.err())
                    .contains(":" + port, option + " N", "--port 0")
                    .hasLineCount(1);
        }
    }

    private CoordinatorProcess up(Path data) throws Exception {
        return CoordinatorProcess.run(dir, "up", "--data", data.toString(), "--port", "0")
                .awaitUp();
    }

    private static void writeSettings(JsonNode run, int agents) {
        try (Bumba bumba = connect(run, "default")) {
            io.bumba.zk.WorkspaceSettings old = bumba.settings();
            bumba.writeSettings(new io.bumba.zk.WorkspaceSettings(
                    old.caseInsensitive(),
                    agents,
                    old.fileLockTimeoutMillis(),
                    old.ageingMillis(),
                    old.territoryTimeoutMillis(),
                    old.departments()));
        }
    }

    private static Bumba connect(JsonNode run, String workspace) {
        return Bumba.connect(BumbaConfig.builder(run.get("zookeeper").asText())
                .workspace(workspace)
                .fleetKey(Secret.fromFile(Path.of(run.get("fleetKeyFile").asText())))
                .build());
    }
}
