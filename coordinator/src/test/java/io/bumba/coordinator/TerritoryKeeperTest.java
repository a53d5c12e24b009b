package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.PathPatterns;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.RevocationRecord;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import io.bumba.zk.Leadership;
import io.bumba.zk.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Owners and coordinators that are killed; nobody but coordinators looks at what they leave behind. */
@Timeout(180)
class TerritoryKeeperTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String KEY = "0123456789abcdef0123456789abcdef";

    /** Several sweeps, after the owner's session has ended. */
    private static final Duration SEVERAL_SWEEPS = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();
    private Path dir;
    private EmbeddedZooKeeper zookeeper;

    @BeforeEach
    void server(@TempDir Path directory) throws IOException {
        dir = directory;
        zookeeper = EmbeddedZooKeeper.start(
                TestConfig.read(TestConfig.options(dir.resolve("none"))).zookeeper(),
                Files.createDirectories(dir.resolve("z")),
                why -> {});
        Files.writeString(key(), KEY);
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-------"));
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
        zookeeper.close();
    }

    @Test
    void aKilledOwnersTerritoryWithoutGraceIsGoneThoughNobodyAsksForIt() throws Exception {
        try (Coordinator coordinator = coordinator("a")) {
            Claimed claimed = claimed("default", "src/", 0);
            Claimed elsewhere = claimed("other", "src/", 0);
            claimed.kill();
            elsewhere.kill();
            try (Bumba bumba = connect("other")) {
                await().atMost(SOON)
                        .until(() -> bumba.territoryTable("default")
                                        .read()
                                        .territories()
                                        .isEmpty()
                                && bumba.territoryTable().read().territories().isEmpty());
            }
            JsonNode counters =
                    json(coordinator.endpoints().admin() + "/metrics").get("counters");
            assertThat(counters.at("/territories.swept/count").asInt()).isEqualTo(2);
            assertThat(counters.at("/territories.sweeps/count").asInt()).isPositive();
            assertThat(counters.at("/territories.sweep-failures/count").asInt(-1))
                    .isZero();
        }
    }

    @Test
    void aKilledOwnersTerritoryIsKeptForWhoHasItsSecretAndGoneWhenTheGraceIsOver() throws Exception {
        try (Coordinator coordinator = coordinator("a");
                Bumba bumba = connect("default")) {
            String api = coordinator.endpoints().api() + "/api/v1/territories/";
            Claimed kept = claimed("default", "src/", 60_000);
            Claimed dropped = claimed("default", "docs/", 3_000);
            kept.kill();
            dropped.kill();
            await().atMost(SOON)
                    .until(() -> state(api + kept.id()).equals("ORPHANED")
                            && state(api + dropped.id()).equals("ORPHANED"));
            assertThat(json(coordinator.endpoints().api() + "/api/v1/status")
                            .at("/territories/orphans")
                            .asInt())
                    .isEqualTo(2);
            await().atMost(SOON).until(() -> status(api + dropped.id()) == 404);
            assertThat(state(api + kept.id())).isEqualTo("ORPHANED");

            Agent next = bumba.register(AgentSpec.of("Tester", "Next"));
            AllocateResult wrong = bumba.territories(next)
                    .resume(kept.id(), new Secret("0".repeat(64)))
                    .get(20, TimeUnit.SECONDS);
            assertThat(wrong.grant()).isEmpty();
            TerritoryGrant resumed = bumba.territories(next)
                    .resume(kept.id(), kept.secret())
                    .get(20, TimeUnit.SECONDS)
                    .orElseThrow();
            await().atMost(SOON).until(() -> state(api + kept.id()).equals("ACTIVE"));
            assertThat(json(api + kept.id()).at("/territory/owner").asText())
                    .isEqualTo(next.id().value());
            assertThat(resumed.isValid()).isTrue();
        }
    }

    @Test
    void whoDoesNotLeadSweepsNothing() throws Exception {
        try (Bumba bumba = connect("default");
                Leadership first = bumba.standForLeader("first")) {
            await().atMost(SOON).until(first::isLeader);
            try (Coordinator coordinator = coordinator("a")) {
                String api = coordinator.endpoints().api() + "/api/v1/territories/";
                Claimed claimed = claimed("default", "src/", 0);
                claimed.kill();
                await().atMost(SOON).until(() -> !json(api + claimed.id())
                        .at("/territory/ownerLives")
                        .asBoolean(true));
                await().atMost(SOON).during(SEVERAL_SWEEPS).until(() -> state(api + claimed.id())
                        .equals("ACTIVE"));
                first.close();
                await().atMost(SOON).until(() -> status(api + claimed.id()) == 404);
            }
        }
    }

    @Test
    void whenTheLeaderIsKilledTheOtherSweeps() throws Exception {
        try (CoordinatorProcess a = coordinatorProcess("a");
                CoordinatorProcess b = coordinatorProcess("b")) {
            await().atMost(SOON).until(() -> leads("a") != leads("b"));
            boolean firstLeads = leads("a");
            String survivor = firstLeads ? "b" : "a";
            Claimed claimed = claimed("default", "src/", 0);
            (firstLeads ? a : b).kill().awaitExit();
            claimed.kill();
            String territory = runFile(survivor).get("apiUrl").asText() + "/api/v1/territories/" + claimed.id();
            await().atMost(SOON).until(() -> status(territory) == 404);
            assertThat(leads(survivor)).isTrue();
            JsonNode counters = json(runFile(survivor).get("adminUrl").asText() + "/metrics")
                    .get("counters");
            assertThat(counters.at("/territories.swept/count").asInt()).isEqualTo(1);
        }
    }

    @Test
    void aRecordThatCannotBeReadHidesNothingElseAndKeepsNoOtherWorkspaceFromBeingSwept() throws Exception {
        connect("default").close();
        ZooKeeper raw = new ZooKeeper(zookeeper.connectString(), 10_000, event -> {});
        try (raw;
                Coordinator coordinator = coordinator("a")) {
            raw.addAuthInfo("digest", ("bumba:" + KEY).getBytes(StandardCharsets.UTF_8));
            String ledger = "/bumba/workspaces/default/territories";
            raw.create(ledger + "/odd", new byte[] {'{'}, ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            raw.setData(ledger, raw.getData(ledger, false, null), -1);
            Claimed claimed = claimed("other", "src/", 0);
            claimed.kill();
            try (Bumba bumba = connect("other")) {
                await().atMost(SOON)
                        .until(() -> bumba.territoryTable().read().territories().isEmpty());
            }
            String api = coordinator.endpoints().api() + "/api/v1/";
            await().atMost(SOON)
                    .until(() -> json(api + "status").get("territories").isNull());
            assertThat(json(api + "status").at("/asOf/stale").asBoolean(true)).isFalse();
            assertThat(json(api + "locks").at("/asOf/stale").asBoolean(true)).isFalse();
            for (String question : List.of("territories", "territories/odd", "explain?path=src/a")) {
                HttpResponse<String> answer = get(api + question);
                assertThat(answer.statusCode()).as(question).isEqualTo(503);
                assertThat(answer.body()).contains(ledger + "/odd", "use the version that wrote it");
            }
            JsonNode metrics = json(coordinator.endpoints().admin() + "/metrics");
            assertThat(metrics.at("/gauges/territories.waiting/error").asText()).contains("cannot be read");
            assertThat(metrics.at("/counters/territories.sweep-failures/count").asInt())
                    .isPositive();
            assertThat(log("a").split("workspace default are not swept", -1)).hasSize(2);

            raw.delete(ledger + "/odd", -1);
            raw.setData(ledger, raw.getData(ledger, false, null), -1);
            await().atMost(SOON)
                    .until(() -> json(api + "status").at("/territories/total").asInt(-1) == 0);
        }
    }

    @Test
    void ofTheRecordsOfRevocationsTheLeaderKeepsTheLatest() throws Exception {
        try (Bumba bumba = connect("other")) {
            Agent ada = bumba.register(AgentSpec.of("Engineer", "Ada"));
            for (String reason : List.of("first", "second", "third")) {
                TerritoryGrant grant = bumba.territories(ada)
                        .allocate(TerritoryRequest.of("a claim", PathPatterns.of(reason)))
                        .orElseThrow();
                bumba.warden().revoke(grant.id(), "Eve", reason, Duration.ZERO);
            }
            assertThat(bumba.revocations().latest(10)).hasSize(3);
            try (Coordinator unused = coordinator("a")) {
                await().atMost(SOON).until(() -> bumba.revocations().latest(10).size() == 2);
                assertThat(bumba.revocations().latest(10))
                        .extracting(RevocationRecord::reason)
                        .containsExactly("third", "second");
            }
        }
    }

    @Test
    void anOperatorRevokesOverHttpAndItIsOnRecordBeforeTheOwnerHasFinished() throws Exception {
        try (Coordinator coordinator = coordinator("a");
                Bumba bumba = connect("default")) {
            Agent ada = bumba.register(AgentSpec.of("Engineer", "Ada"));
            TerritoryGrant grant = bumba.territories(ada)
                    .allocate(TerritoryRequest.of("a claim", PathPatterns.of("src/")))
                    .orElseThrow();
            Secret token = Secret.fromFile(coordinator.config().operatorTokenFile());
            String form = "id=" + grant.id() + "&reason=a+release&by=Eve&grace=";
            HttpResponse<String> told = revoke(coordinator, token, form + "1h");
            assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
            assertThat(new ObjectMapper().readTree(told.body()).get("outcome").asText())
                    .isEqualTo("TOLD");
            String api = coordinator.endpoints().api() + "/api/v1/";
            await().atMost(SOON).until(() -> json(api + "revocations")
                    .at("/revocations/0/by")
                    .asText()
                    .equals("Eve"));
            await().atMost(SOON).until(() -> json(api + "territories/" + grant.id())
                    .at("/territory/revocation/reason")
                    .asText()
                    .equals("a release"));
            assertThat(grant.isValid()).isTrue();

            assertThat(revoke(coordinator, token, form + "0s").statusCode()).isEqualTo(200);
            await().atMost(SOON).until(() -> !grant.isValid() && status(api + "territories/" + grant.id()) == 404);
            assertThat(revoke(coordinator, token, form + "0s").statusCode()).isEqualTo(409);
            await().atMost(SOON)
                    .until(() -> json(api + "revocations").get("revocations").size() == 2);
        }
    }

    @Test
    void aPolicyFileThatChangesIsInForceInEveryProcessAndABadOneIsNot() throws Exception {
        Path policy = Files.writeString(
                dir.resolve("policy.yml"), "areas: [{name: database, patterns: [db/], capabilities: [sql]}]\n");
        try (CoordinatorProcess a = coordinatorProcess("a", "policyFile: policy.yml", "policyCheckInterval: 200ms");
                Bumba bumba = connect("default")) {
            String api = runFile("a").get("apiUrl").asText() + "/api/v1/policy";
            String health = runFile("a").get("adminUrl").asText() + "/healthcheck";
            await().atMost(SOON)
                    .until(() -> json(api).at("/areas/0/name").asText().equals("database"));
            Agent ada = bumba.register(AgentSpec.of("Engineer", "Ada").withCapabilities("java"));
            AllocateResult refused =
                    bumba.territories(ada).allocate(TerritoryRequest.of("a claim", PathPatterns.of("db/tables/")));
            assertThat(refused.grant()).isEmpty();
            assertThat(refused.message()).contains("area database", "sql");

            replace(policy, "areas: [{name: database, patterns: [db/], capabilites: [java]}]\n");
            await().atMost(SOON).until(() -> !json(health).at("/policy/healthy").asBoolean(true));
            assertThat(json(health).at("/policy/message").asText()).contains("policy.yml, line 1", "'capabilites'");
            assertThat(log("a")).contains("ERROR", "'capabilites'", "stays in force");
            assertThat(json(api).at("/areas/0/capabilities/0").asText()).isEqualTo("sql");

            replace(policy, "areas: [{name: database, patterns: [db/], capabilities: [java]}]\n");
            await().atMost(SOON)
                    .until(() ->
                            json(api).at("/areas/0/capabilities/0").asText().equals("java"));
            assertThat(bumba.territories(ada)
                            .allocate(TerritoryRequest.of("a claim", PathPatterns.of("db/tables/")))
                            .orElseThrow()
                            .isValid())
                    .isTrue();
            await().atMost(SOON).until(() -> json(health).at("/policy/healthy").asBoolean());
            assertThat(a.terminate().awaitExit()).isEqualTo(143);
        }
    }

    // ---- what runs
    // ----------------------------------------------------------------------------------------------------

    /** Whoever owns a territory in a process of its own. */
    private record Claimed(Process process, String id, Secret secret) {
        void kill() throws InterruptedException {
            process.destroyForcibly();
            assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    private Claimed claimed(String workspace, String pattern, long graceMillis) throws IOException {
        Path err = Files.createTempFile(dir, "claimant", ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Claimant.class.getName(),
                        zookeeper.connectString(),
                        key().toString(),
                        workspace,
                        pattern,
                        Long.toString(graceMillis))
                .redirectError(err.toFile())
                .start();
        processes.add(process);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("owning ")) {
                String[] words = line.split(" ", 3);
                return new Claimed(process, words[1], new Secret(words[2]));
            }
        }
        throw new AssertionError("it ended without a territory: " + Files.readString(err));
    }

    private String[] yaml(String... more) {
        List<String> lines = new ArrayList<>(List.of(
                "sessionTimeout: 2s",
                "fleetKeyFile: '" + key() + "'",
                "territories: {sweepInterval: 200ms, revocationsKept: 2}",
                "zookeeper: {embedded: false, connectString: '" + zookeeper.connectString() + "'}"));
        lines.addAll(List.of(more));
        return lines.toArray(String[]::new);
    }

    private Coordinator coordinator(String name) {
        return Coordinator.start(TestConfig.options(dir.resolve(name), yaml()), Map.of(), why -> {});
    }

    private CoordinatorProcess coordinatorProcess(String name, String... more) throws IOException {
        Path file = Files.writeString(dir.resolve(name + ".yml"), String.join("\n", yaml(more)) + "\n");
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

    /** As an editor does it. */
    private static void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text);
        Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private HttpResponse<String> revoke(Coordinator coordinator, Secret token, String form) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(coordinator.endpoints().admin() + "/tasks/revoke-territory"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Authorization", "Bearer " + token.reveal())
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode runFile(String name) throws IOException {
        return CoordinatorProcess.runFile(dir.resolve(name));
    }

    private String log(String name) throws IOException {
        return Files.readString(dir.resolve(name).resolve("log").resolve("coordinator.log"));
    }

    private boolean leads(String name) throws Exception {
        return json(runFile(name).get("apiUrl").asText() + "/api/v1/status")
                .at("/coordinator/leading")
                .asBoolean();
    }

    private String state(String url) throws Exception {
        return json(url).at("/territory/state").asText();
    }

    private JsonNode json(String url) throws Exception {
        return new ObjectMapper().readTree(get(url).body());
    }

    private int status(String url) throws Exception {
        return get(url).statusCode();
    }

    private HttpResponse<String> get(String url) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
