package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheckRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.BumbaException;
import io.bumba.agent.AgentId;
import io.bumba.agent.AgentRecord;
import io.bumba.agent.AgentStatus;
import io.bumba.lock.BreakRecord;
import io.bumba.lock.BreakRequest;
import io.bumba.lock.BreakResult;
import io.bumba.lock.FencingToken;
import io.bumba.lock.Holder;
import io.bumba.lock.LockEntry;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockView;
import io.bumba.lock.Priority;
import io.bumba.lock.Waiter;
import io.bumba.path.RepoPath;
import io.bumba.zk.Secret;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API over a picture made by hand: names and reasons as hostile as the library lets them be. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpServerTest {
    private static final String TOKEN = "0123456789abcdef";
    private static final String HOSTILE = "</script><script>alert(1)</script>\"}\u202e\u0000\n%s";
    private static final Duration LEASE = Duration.ofSeconds(90);
    private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();

    private Path dir;
    private HttpServer server;
    private Endpoints at;

    @BeforeAll
    void startOnce(@TempDir Path directory) throws IOException {
        dir = directory;
        server = start(dir.resolve("a"));
        at = server.endpoints("127.0.0.1:1");
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
        executor.shutdownNow();
    }

    @Test
    void statusAddsUpThePicture() throws Exception {
        JsonNode status = json(get(at.api() + "/api/v1/status"));

        assertThat(status.at("/asOf/zxid").asText()).isEqualTo("0x1a");
        assertThat(status.at("/asOf/stale").isBoolean()).isTrue();
        assertThat(Instant.parse(status.at("/asOf/time").asText())).isEqualTo(SINCE.plusSeconds(60));
        assertThat(status.at("/cluster/id").asText()).isEqualTo("cluster");
        assertThat(status.at("/agents/total").asInt()).isEqualTo(1_200);
        assertThat(status.at("/agents/max").asInt()).isEqualTo(5_000);
        assertThat(status.at("/agents/byDepartment/technical").asInt()).isEqualTo(600);
        assertThat(status.at("/locks/active").asInt()).isEqualTo(1);
        assertThat(status.at("/locks/waiting").asInt()).isEqualTo(2);
        assertThat(status.at("/locks/oldest/path").asText()).isEqualTo("src/a b.txt");
        assertThat(status.at("/locks/oldest/ageMillis").asLong()).isGreaterThanOrEqualTo(60_000);
        assertThat(status.at("/health/healthy").asBoolean()).isTrue();
    }

    @Test
    void aLockShowsItsHoldersAndItsWaitersInOrder() throws Exception {
        JsonNode lock = json(get(at.api() + "/api/v1/locks?path=src/a%20b.txt")).at("/locks/0");

        assertThat(lock.at("/holders/0/mode").asText()).isEqualTo("EXCLUSIVE");
        assertThat(lock.at("/holders/0/token").asLong()).isEqualTo(26);
        assertThat(lock.at("/waiters/0/place").asInt()).isEqualTo(1);
        assertThat(lock.at("/waiters/1/priority").asText()).isEqualTo("LOW");
        assertThat(lock.at("/foreign/0").asText()).isEqualTo("lock-0000000001");
    }

    @Test
    void hostileNamesComeBackAsTheTextThatTheyAre() throws Exception {
        HttpResponse<String> response = get(at.api() + "/api/v1/locks");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(json(response).at("/locks/0/holders/0/reason").asText()).isEqualTo(HOSTILE);
        assertThat(json(response).at("/locks/0/holders/0/agent").asText()).isEqualTo(HOSTILE);
    }

    @Test
    void agentsAreFoundByDepartmentCapabilityAndStatus() throws Exception {
        assertThat(count("agents?department=Technical&limit=10000", "agents")).isEqualTo(600);
        assertThat(count("agents?capability=java&limit=10000", "agents")).isEqualTo(1_200);
        assertThat(count("agents?status=active&department=design&limit=10000", "agents"))
                .isEqualTo(600);
        assertThat(count("agents?status=lost", "agents")).isZero();
        assertThat(count("locks?agent=waiter-2", "locks")).isEqualTo(1);
        assertThat(count("locks?agent=nobody", "locks")).isZero();
    }

    @Test
    void aLongListIsCutAndSaysSo() throws Exception {
        JsonNode all = json(get(at.api() + "/api/v1/agents"));
        assertThat(all.get("agents")).hasSize(1_000);
        assertThat(all.get("truncated").asBoolean()).isTrue();
        JsonNode few = json(get(at.api() + "/api/v1/agents?limit=10000"));
        assertThat(few.get("agents")).hasSize(1_200);
        assertThat(few.get("truncated").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/nothing, 404",
        "GET, /api, 404",
        "GET, /elsewhere, 404",
        "POST, /api/v1/status, 405",
        "DELETE, /api/v1/locks, 405",
        "PROPFIND, /api/v1/locks, 405",
        "GET, /api/v1/agents?status=asleep, 400",
        "GET, /api/v1/agents?limit=0, 400",
        "GET, /api/v1/agents?limit=10001, 400",
        "GET, /api/v1/locks?limit=ten, 400",
        "GET, /api/v1/%00, 400",
    })
    void everyErrorIsAProblem(String method, String path, int status) throws Exception {
        HttpResponse<String> response = send(request(at.api() + path).method(method, noBody()));

        assertThat(response.statusCode()).isEqualTo(status);
        assertProblem(response, status);
    }

    @Test
    void anUnknownStatusIsToldWhichThereAre() throws Exception {
        assertThat(json(get(at.api() + "/api/v1/agents?status=asleep"))
                        .get("detail")
                        .asText())
                .contains("spawned", "suspended", "lost");
    }

    @Test
    void anAnswerThatIsNotAcceptedIsAProblemAndSoIsAMediaTypeThatIsNotUnderstood() throws Exception {
        assertProblem(send(request(at.api() + "/api/v1/status").header("Accept", "text/html")), 406);
        assertThat(send(request(at.api() + "/api/v1/status").method("PUT", noBody()))
                        .headers()
                        .firstValue("Allow")
                        .orElse(""))
                .contains("GET");
    }

    @Test
    void anUnforeseenErrorShowsNoInside() throws Exception {
        try (HttpServer failing = startFailing(dir.resolve("failing"))) {
            HttpResponse<String> response = get(failing.endpoints("127.0.0.1:1").api() + "/api/v1/status");
            assertProblem(response, 503);
            assertThat(response.body()).doesNotContain("secret inside").doesNotContain("at io.bumba");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void tooLargeARequestIsRefused() throws Exception {
        HttpRequest.BodyPublisher large = HttpRequest.BodyPublishers.ofByteArray(new byte[65_537]);
        assertProblem(send(request(at.api() + "/api/v1/status").method("POST", large)), 413);
        assertProblem(send(request(at.api() + "/api/v1/status").header("X-Large", "x".repeat(9_000))), 431);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", "[::2]"})
    void aHostThatIsNoNameOfLoopbackIsRefused(String host) throws Exception {
        assertThat(raw(at.api(), "GET /api/v1/status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("application/problem+json");
        assertThat(raw(at.admin(), "GET /healthcheck HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:80", "127.0.0.1:7370", "[::1]:1", "[::1]"})
    void aNameOfLoopbackIsAccepted(String host) throws Exception {
        assertThat(raw(at.api(), "GET /api/v1/status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void aPageOfAnotherSiteIsRefusedAndOurOwnIsNot() throws Exception {
        assertProblem(send(request(at.api() + "/api/v1/status").header("Origin", "http://evil.example")), 403);
        assertProblem(send(request(at.api() + "/api/v1/status").header("Origin", "null")), 403);
        assertProblem(send(request(at.api() + "/api/v1/status").header("Origin", "http://localhost:1")), 403);
        assertThat(send(request(at.api() + "/api/v1/status").header("Origin", at.api()))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anAdminTaskNeedsTheOperatorTokenAndAReadDoesNot() throws Exception {
        HttpRequest.Builder gc = request(at.admin() + "/tasks/gc").POST(noBody());
        HttpResponse<String> refused = send(gc);
        assertProblem(refused, 401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertProblem(send(gc.copy().header("Authorization", "Bearer " + TOKEN + "x")), 401);
        assertProblem(send(gc.copy().header("Authorization", "Basic " + TOKEN)), 401);
        assertThat(send(gc.copy().header("Authorization", "Bearer " + TOKEN)).statusCode())
                .isEqualTo(200);
        for (String read : List.of("/ping", "/healthcheck", "/metrics", "/threads")) {
            assertThat(get(at.admin() + read).statusCode()).as(read).isEqualTo(200);
        }
    }

    @Test
    void whatIsReachedFromOutsideNeedsTheTokenForEverything() throws Exception {
        HttpServer open = start(
                dir.resolve("open"), "server:", "  applicationConnectors: [{type: http, bindHost: 0.0.0.0, port: 0}]");
        try {
            Endpoints reached = open.endpoints("127.0.0.1:1");
            for (String url :
                    List.of(reached.api() + "/", reached.api() + "/api/v1/status", reached.admin() + "/healthcheck")) {
                assertProblem(get(url), 401);
                assertThat(send(request(url).header("Authorization", "Bearer " + TOKEN))
                                .statusCode())
                        .as(url)
                        .isEqualTo(200);
            }
        } finally {
            open.close();
        }
    }

    @Test
    void noAnswerNamesTheServerOrMayBeStored() throws Exception {
        for (String url : List.of("/", "/api/v1/status", "/api/v1/nothing", "/nothing")) {
            HttpResponse<String> response = get(at.api() + url);
            assertThat(response.headers().firstValue("Server")).as(url).isEmpty();
            assertThat(response.headers().allValues("Cache-Control")).as(url).containsExactly("no-store");
            assertThat(response.headers().firstValue("X-Frame-Options")).as(url).hasValue("DENY");
            assertThat(response.headers().firstValue("Content-Security-Policy"))
                    .as(url)
                    .get()
                    .asString()
                    .startsWith("default-src 'none'");
        }
    }

    @Test
    void theSameApiAnswersOnTheUnixSocketWhichIsPrivate() throws Exception {
        Path socket = at.unixSocket().orElseThrow();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");

        String answer = overUnixSocket(socket, "GET /api/v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").contains("\"total\":1200").doesNotContain("Server:");
        // Acts of operators are not among it.
        String task = overUnixSocket(
                socket, "POST /tasks/break-lock HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assertThat(task).startsWith("HTTP/1.1 405").doesNotContain("path is missing");
    }

    @Test
    void aStaleSocketIsReplacedALiveOneIsNotAndAFileIsNot() throws Exception {
        Path data = dir.resolve("stale");
        Path socket = Files.createDirectories(data.resolve("run")).resolve("api.sock");
        try (java.nio.channels.ServerSocketChannel dead =
                java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
            assertThat(failure(data)).contains("another process listens", socket.toString());
        }
        assertThat(socket).exists();
        start(data).close();
        assertThat(socket).doesNotExist();

        Files.writeString(socket, "precious");
        assertThat(failure(data)).contains("is no socket");
        assertThat(socket).hasContent("precious");
    }

    @Test
    void aPathTooLongForASocketLeavesItOutAndSaysWhy() throws Exception {
        Path data = dir.resolve("x".repeat(120));
        try (HttpServer without = start(data)) {
            assertThat(without.endpoints("127.0.0.1:1").unixSocket()).isEmpty();
        }
        assertThat(UnixSocket.tooLong(data.resolve("api.sock")).orElseThrow()).contains("107", "unixSocket");
    }

    private HttpServer startFailing(Path data) {
        CoordinatorConfig config = TestConfig.read(TestConfig.options(data));
        return HttpServer.start(
                config,
                new Secret(TOKEN),
                new HttpServer.Content(
                        new ApiResource.Fixed("cluster", "w", 1),
                        new ApiResource.Identity("here-1", () -> false),
                        () -> {
                            throw new IllegalStateException("secret inside");
                        },
                        () -> {
                            throw new IllegalStateException("secret inside");
                        },
                        order -> {
                            throw new IllegalStateException("secret inside");
                        },
                        TerritoryScene.content(),
                        new MetricRegistry(),
                        new HealthCheckRegistry()),
                executor);
    }

    private HttpServer start(Path data, String... yaml) throws IOException {
        Files.createDirectories(dir);
        CoordinatorConfig config =
                TestConfig.read(yaml.length == 0 ? TestConfig.options(data) : TestConfig.options(data, yaml));
        return HttpServer.start(
                config,
                new Secret(TOKEN),
                new HttpServer.Content(
                        new ApiResource.Fixed("cluster", "w", 5_000),
                        new ApiResource.Identity("here-1", () -> true),
                        HttpServerTest::picture,
                        () -> new ApiResource.Broken(List.of(record(3), record(2), record(1)), SINCE),
                        HttpServerTest::broken,
                        TerritoryScene.content(),
                        new MetricRegistry(),
                        new HealthCheckRegistry()),
                executor);
    }

    private String failure(Path data) throws Exception {
        try (HttpServer unexpected = start(data)) {
            throw new AssertionError("started: " + unexpected.endpoints("none"));
        } catch (StartFailure e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Picture picture() {
        List<AgentRecord> agents =
                IntStream.range(0, 1_200).mapToObj(HttpServerTest::agent).toList();
        LockEntry lock = new LockEntry(
                RepoPath.of("src/a b.txt"),
                List.of(new Holder(
                        HOSTILE, LockMode.EXCLUSIVE, SINCE, HOSTILE, new FencingToken(26), Optional.of(LEASE))),
                List.of(
                        new Waiter("waiter-1", LockMode.SHARED, Priority.NORMAL, SINCE, "", 1),
                        new Waiter("waiter-2", LockMode.EXCLUSIVE, Priority.LOW, SINCE, "", 2)),
                List.of("lock-0000000001"));
        return new Picture(
                agents,
                new LockView(List.of(lock), 26, SINCE.plusSeconds(60)),
                Picture.Territories.of(TerritoryScene.view()),
                Optional.of("there-2"));
    }

    private static BreakRecord record(long token) {
        return new BreakRecord("src/a", HOSTILE, LockMode.SHARED, token, HOSTILE, HOSTILE, SINCE, "act");
    }

    /** Answers by the path what the library would. */
    private static BreakResult broken(BreakRequest order) {
        return switch (order.path().value()) {
            case "held" ->
                new BreakResult.Broken(
                        order.path(),
                        List.of(new BreakRecord(
                                "held",
                                HOSTILE,
                                LockMode.EXCLUSIVE,
                                order.token().map(FencingToken::zxid).orElse(7L),
                                order.by() + (order.foreign() ? ", foreign" : ""),
                                order.reason(),
                                SINCE,
                                "act")));
            case "by-another" ->
                new BreakResult.NotHeld(
                        order.path(),
                        order.token(),
                        List.of(new Holder(
                                "Ada", LockMode.EXCLUSIVE, SINCE, "", new FencingToken(8), Optional.empty())),
                        Optional.empty(),
                        Optional.empty());
            case "by-mutex" ->
                new BreakResult.NotHeld(
                        order.path(), order.token(), List.of(), Optional.empty(), Optional.of("lock-0000000001"));
            case "free" ->
                new BreakResult.NotHeld(order.path(), order.token(), List.of(), Optional.empty(), Optional.empty());
            case "away" -> throw new BumbaException(BumbaException.Code.UNAVAILABLE, "ZooKeeper did not answer");
            default -> throw new IllegalStateException("secret inside");
        };
    }

    private static AgentRecord agent(int i) {
        return new AgentRecord(
                new AgentId("Engineer-a" + i + "-1-" + String.format("%08x", i)),
                "Engineer",
                "a" + i,
                i % 2 == 0 ? "technical" : "design",
                "engineer",
                new TreeSet<>(List.of("java")),
                new TreeSet<>(),
                AgentStatus.ACTIVE,
                Optional.empty(),
                false,
                "machine",
                1,
                SINCE,
                SINCE);
    }

    @Test
    void statusSaysWhoAnswersAndWhoLeads() throws Exception {
        JsonNode me = json(get(at.api() + "/api/v1/status")).get("coordinator");
        assertThat(me.get("instance").asText()).isEqualTo("here-1");
        assertThat(me.get("leading").asBoolean()).isTrue();
        assertThat(me.get("leader").asText()).isEqualTo("there-2");
    }

    @Test
    void aHoldersLeaseIsShown() throws Exception {
        JsonNode lock = json(get(at.api() + "/api/v1/locks?path=src/a%20b.txt")).at("/locks/0");
        assertThat(lock.at("/holders/0/leaseMillis").asLong()).isEqualTo(90_000);
    }

    @Test
    void breaksAreListedTheLatestFirst() throws Exception {
        JsonNode all = json(get(at.api() + "/api/v1/breaks"));
        assertThat(all.get("breaks").findValuesAsText("token")).containsExactly("3", "2", "1");
        assertThat(all.at("/breaks/0/reason").asText()).isEqualTo(HOSTILE);
        assertThat(all.get("truncated").asBoolean()).isFalse();
        assertThat(all.at("/asOf/stale").isBoolean()).isTrue();
        JsonNode one = json(get(at.api() + "/api/v1/breaks?limit=1"));
        assertThat(one.get("breaks").findValuesAsText("token")).containsExactly("3");
        assertThat(one.get("truncated").asBoolean()).isTrue();
    }

    @Test
    void aBreakTakesTheOperatorsTokenAndSaysWhatItEnded() throws Exception {
        String form = "path=held&reason=it+is+stuck&by=Eve&token=12&foreign=true&workspace=w&cluster=cluster";
        assertProblem(send(form(form)), 401);
        assertProblem(send(form(form).header("Authorization", "Bearer wrong")), 401);

        HttpResponse<String> done = send(operator(form(form)));

        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(done.headers().firstValue("Content-Type")).hasValue("application/json");
        JsonNode broken = json(done).at("/broken/0");
        assertThat(broken.get("agent").asText()).isEqualTo(HOSTILE);
        assertThat(broken.get("token").asLong()).isEqualTo(12);
        assertThat(broken.get("by").asText()).isEqualTo("Eve, foreign");
        assertThat(broken.get("reason").asText()).isEqualTo("it is stuck");
        // What is said in a line is printable.
        assertThat(json(done).get("message").asText()).contains("<U+202E>").doesNotContain("\u202e", "\n");
    }

    @Test
    void theParametersOfABreakMayStandInTheQuery() throws Exception {
        HttpResponse<String> done = send(operator(
                request(at.admin() + "/tasks/break-lock?path=held&reason=x").POST(noBody())));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(json(done).at("/broken/0/by").asText()).isEqualTo("operator");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path=free&reason=x                 | 409 | free is not held",
                "path=by-another&reason=x&token=7   | 409 | held by Ada (EXCLUSIVE, token 8)",
                "path=by-mutex&reason=x             | 409 | lock-0000000001",
                "path=away&reason=x                 | 503 | ZooKeeper did not answer",
                "path=held&reason=x&workspace=other | 421 | coordinator of workspace 'w'",
                "path=held&reason=x&cluster=other   | 421 | coordinator of cluster cluster",
                "reason=x                           | 400 | path is missing",
                "path=held                          | 400 | reason is missing",
                "path=held&reason=%0A               | 400 | reason is missing",
                "path=held&reason=a%0Ab             | 400 | reason contains a control character",
                "path=held&reason=%E2%80%AE         | 400 | reason contains a control character",
                "path=held&reason=x&by=a%00         | 400 | by contains a control character",
                "path=held&reason=x&by=             | 400 | by is missing",
                "path=../held&reason=x              | 400 | ../held",
                "path=/held&reason=x                | 400 | /held",
                "path=held&reason=x&token=0         | 400 | token must be a positive number",
                "path=held&reason=x&token=1e3       | 400 | token must be a positive number",
                "path=held&reason=x&token=99999999999999999999 | 400 | token must be a positive number",
                "path=held&reason=x&foreign=yes     | 400 | foreign must be true or false",
                "path=held&reason=x&tokn=5          | 400 | there is no parameter 'tokn'",
                "path=held&path=b&reason=x          | 400 | path is given 2 times",
            })
    void aBreakThatDoesNothingSaysWhy(String form, int status, String why) throws Exception {
        HttpResponse<String> response = send(operator(form(form)));
        assertProblem(response, status);
        assertThat(json(response).get("detail").asText()).contains(why);
    }

    @Test
    void aBreakIsNoReadAndItsErrorsShowNothingInside() throws Exception {
        assertProblem(get(at.admin() + "/tasks/break-lock?path=held&reason=x"), 405);
        HttpResponse<String> failed = send(operator(form("path=bug&reason=x")));
        assertProblem(failed, 500);
        assertThat(failed.body()).doesNotContain("secret");
    }

    private HttpRequest.Builder form(String form) {
        return request(at.admin() + "/tasks/break-lock")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form.strip()));
    }

    private static HttpRequest.Builder operator(HttpRequest.Builder request) {
        return request.header("Authorization", "Bearer " + TOKEN);
    }

    private int count(String query, String list) throws Exception {
        return json(get(at.api() + "/api/v1/" + query)).get(list).size();
    }

    private static void assertProblem(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = json(response);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "instance");
        assertThat(response.body()).doesNotContain("Exception", "at org.");
    }

    private HttpResponse<String> get(String url) throws Exception {
        return send(request(url));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url));
    }

    private static HttpRequest.BodyPublisher noBody() {
        return HttpRequest.BodyPublishers.noBody();
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }

    private static String raw(String url, String request) throws IOException {
        URI uri = URI.create(url);
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String overUnixSocket(Path path, String request) throws IOException {
        StringBuilder answer = new StringBuilder();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            ByteBuffer part = ByteBuffer.allocate(8_192);
            while (channel.read(part) >= 0) {
                answer.append(StandardCharsets.UTF_8.decode(part.flip()));
                part.clear();
            }
        }
        return answer.toString();
    }
}
