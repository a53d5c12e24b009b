package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.ReleaseResult;
import io.bumba.path.RepoPath;
import io.bumba.zk.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole coordinator in this JVM, over a real ZooKeeper. */
class CoordinatorTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();

    private Path dir;

    @BeforeEach
    void directory(@TempDir Path directory) {
        dir = directory;
    }

    @Test
    void agentsLocksAndWaitersOfTheLibraryAreSeenInTheApi() throws Exception {
        try (Coordinator coordinator = start(dir.resolve("d"), "maxConcurrentAgents: 7", "fileLockTimeout: 123ms")) {
            Endpoints at = coordinator.endpoints();
            Secret key = Secret.fromFile(coordinator.config().fleetKeyFile());
            try (Bumba bumba = Bumba.connect(
                            BumbaConfig.builder(at.zookeeper()).fleetKey(key).build());
                    Agent ada = bumba.register(AgentSpec.of("Engineer", "Ada").withCapabilities("java"));
                    Agent bob = bumba.register(AgentSpec.of("Designer", "Bob"));
                    LockGrant grant = bumba.locks(ada)
                            .acquire(
                                    RepoPath.of("src/ü.txt"),
                                    LockOptions.waitUpTo(Duration.ofMinutes(1)).because("<b>\"x\""))
                            .orElseThrow()) {
                assertThat(bumba.settings().maxConcurrentAgents()).isEqualTo(7);
                assertThat(bumba.settings().fileLockTimeoutMillis()).isEqualTo(123);
                var waiting = bumba.locks(bob)
                        .acquireAsync(RepoPath.of("src/ü.txt"), LockOptions.waitUpTo(Duration.ofMinutes(1)));

                await().atMost(SOON)
                        .until(() -> get(at.api() + "/api/v1/locks")
                                        .at("/locks/0/waiters")
                                        .size()
                                == 1);
                JsonNode lock =
                        get(at.api() + "/api/v1/locks?path=src/%C3%BC.txt").at("/locks/0");
                assertThat(lock.at("/holders/0/agent").asText())
                        .isEqualTo(ada.id().value());
                assertThat(lock.at("/holders/0/reason").asText()).isEqualTo("<b>\"x\"");
                assertThat(lock.at("/holders/0/token").asLong())
                        .isEqualTo(grant.token().zxid());
                assertThat(lock.at("/waiters/0/agent").asText())
                        .isEqualTo(bob.id().value());

                JsonNode status = get(at.api() + "/api/v1/status");
                assertThat(status.at("/agents/byDepartment/technical").asInt()).isEqualTo(1);
                assertThat(status.at("/agents/byDepartment/design").asInt()).isEqualTo(1);
                assertThat(status.at("/agents/max").asInt()).isEqualTo(7);
                assertThat(status.at("/locks/waiting").asInt()).isEqualTo(1);
                assertThat(status.at("/locks/oldest/agent").asText())
                        .isEqualTo(ada.id().value());
                assertThat(status.at("/cluster/id").asText()).isEqualTo(bumba.clusterId());
                waiting.cancel(true);
            }
            await().atMost(SOON)
                    .until(() -> get(at.api() + "/api/v1/agents").get("agents").isEmpty());
        }
    }

    @Test
    void withoutZooKeeperTheLastPictureIsServedAsStaleAndTheChecksSayWhatToDo() throws Exception {
        Path zookeeper = Files.createDirectories(dir.resolve("z"));
        EmbeddedZooKeeper server = EmbeddedZooKeeper.start(
                TestConfig.read(TestConfig.options(dir.resolve("d"))).zookeeper(), zookeeper, why -> {});
        try (Coordinator coordinator = start(
                dir.resolve("d"), "zookeeper: {embedded: false, connectString: '" + server.connectString() + "'}")) {
            Endpoints at = coordinator.endpoints();
            assertThat(get(at.api() + "/api/v1/status").at("/asOf/stale").asBoolean(true))
                    .isFalse();
            assertThat(status(at.admin() + "/healthcheck")).isEqualTo(200);

            server.close();
            await().atMost(SOON)
                    .until(() ->
                            get(at.api() + "/api/v1/locks").at("/asOf/stale").asBoolean());
            assertThat(get(at.api() + "/api/v1/locks").at("/asOf/ageMillis").asLong())
                    .isPositive();
            assertThat(status(at.admin() + "/healthcheck")).isEqualTo(500);
            JsonNode checks = get(at.admin() + "/healthcheck");
            assertThat(checks.at("/zookeeper/healthy").asBoolean(true)).isFalse();
            assertThat(checks.at("/zookeeper/message").asText()).contains("majority of the servers");
            assertThat(checks.at("/session/healthy").asBoolean(true)).isFalse();
            assertThat(checks.at("/data-directory/healthy").asBoolean()).isTrue();
            assertThat(checks.at("/zookeeper-version/message").asText()).contains("not known");
            await().atMost(SOON).until(() -> !get(at.api() + "/api/v1/status")
                    .at("/health/healthy")
                    .asBoolean(true));
        } finally {
            server.close();
        }
    }

    @Test
    void anOperatorBreaksALockOverHttpAndItsHolderIsToldAndItIsOnRecord() throws Exception {
        try (Coordinator coordinator = start(dir.resolve("d"), "caseInsensitive: true")) {
            Endpoints at = coordinator.endpoints();
            Secret key = Secret.fromFile(coordinator.config().fleetKeyFile());
            Secret token = Secret.fromFile(coordinator.config().operatorTokenFile());
            try (Bumba bumba = Bumba.connect(
                            BumbaConfig.builder(at.zookeeper()).fleetKey(key).build());
                    Agent ada = bumba.register(AgentSpec.of("Engineer", "Ada"))) {
                LockGrant grant = bumba.locks(ada)
                        .acquire(RepoPath.of("src/ü.txt"), LockOptions.tryNow())
                        .orElseThrow();
                String form = "path=SRC/%C3%9C.txt&reason=stuck&by=Eve";
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(at.admin() + "/tasks/break-lock"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form));
                assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(401);
                assertThat(grant.verify().toCompletableFuture().get(10, TimeUnit.SECONDS))
                        .isTrue();

                request.header("Authorization", "Bearer " + token.reveal());
                HttpResponse<String> done = client.send(request.build(), HttpResponse.BodyHandlers.ofString());

                assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
                assertThat(new ObjectMapper()
                                .readTree(done.body())
                                .at("/broken/0/token")
                                .asLong())
                        .isEqualTo(grant.token().zxid());
                await().atMost(SOON).until(() -> !grant.isValid());
                assertThat(grant.release()).isEqualTo(ReleaseResult.LOST);
                await().atMost(SOON).until(() -> get(at.api() + "/api/v1/breaks")
                        .at("/breaks/0/by")
                        .asText()
                        .equals("Eve"));
                assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(409);
            }
        }
    }

    @Test
    void littleFreeSpaceAndADirectoryThatIsGoneMakeTheChecksFail() throws Exception {
        try (Coordinator coordinator = start(dir.resolve("d"), "minFreeDisk: 1TB")) {
            JsonNode disk =
                    get(coordinator.endpoints().admin() + "/healthcheck").get("disk");
            assertThat(disk.get("healthy").asBoolean(true)).isFalse();
            assertThat(disk.get("message").asText()).contains("minFreeDisk", "make room");

            Path run = dir.resolve("d").resolve("run");
            Files.move(run, run.resolveSibling("away"));
            assertThat(get(coordinator.endpoints().admin() + "/healthcheck")
                            .at("/data-directory/healthy")
                            .asBoolean(true))
                    .isFalse();
            Files.move(run.resolveSibling("away"), run);
        }
    }

    @Test
    void anEndLeavesNoRunFileNoSocketAndNoLock() throws Exception {
        Path data = dir.resolve("d");
        Path runFile = data.resolve("run").resolve("coordinator.json");
        try (Coordinator coordinator = start(data)) {
            assertThat(runFile).exists();
            assertThat(coordinator.endpoints().unixSocket().orElseThrow()).exists();
        }
        assertThat(data.resolve("run")).isEmptyDirectory();
        DataDirectory.claim(data).close();
    }

    private static Coordinator start(Path data, String... yaml) {
        return Coordinator.start(TestConfig.options(data, yaml), Map.of(), why -> {});
    }

    private JsonNode get(String url) throws Exception {
        return new ObjectMapper().readTree(send(url).body());
    }

    private int status(String url) throws Exception {
        return send(url).statusCode();
    }

    private HttpResponse<String> send(String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
