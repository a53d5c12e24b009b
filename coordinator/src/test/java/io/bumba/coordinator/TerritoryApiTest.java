package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheckRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bumba.lock.BreakResult;
import io.bumba.lock.LockView;
import io.bumba.zk.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What HTTP says of territories, over a picture made by hand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TerritoryApiTest {
    private static final String TOKEN = "0123456789abcdef";

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;
    private Endpoints at;

    @BeforeAll
    void startOnce(@TempDir Path directory) {
        server = HttpServer.start(
                TestConfig.read(TestConfig.options(directory.resolve("d"), "caseInsensitive: true")),
                new Secret(TOKEN),
                new HttpServer.Content(
                        new ApiResource.Fixed("cluster", "w", 5_000),
                        new ApiResource.Identity("here-1", () -> true),
                        () -> new Picture(
                                List.of(),
                                new LockView(List.of(), 26, TerritoryScene.SINCE.plusSeconds(60)),
                                Picture.Territories.of(TerritoryScene.view()),
                                Optional.empty()),
                        () -> new ApiResource.Broken(List.of(), TerritoryScene.SINCE),
                        order -> new BreakResult.Broken(order.path(), List.of()),
                        TerritoryScene.content(),
                        new MetricRegistry(),
                        new HealthCheckRegistry()),
                executor);
        at = server.endpoints("127.0.0.1:1");
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
        executor.shutdownNow();
    }

    @Test
    void statusCountsTerritoriesOrphansAndThoseWhoWait() throws Exception {
        JsonNode counts = api("status").get("territories");
        assertThat(counts.get("total").asInt()).isEqualTo(1_202);
        assertThat(counts.at("/byType/SHARED").asInt()).isEqualTo(1_200);
        assertThat(counts.get("pending").asInt()).isEqualTo(1);
        assertThat(counts.get("orphans").asInt()).isEqualTo(1);
        assertThat(counts.get("waiting").asInt()).isEqualTo(1);
    }

    @Test
    void metricsCountThemByTypeAndState() throws Exception {
        JsonNode gauges = json(get(at.admin() + "/metrics")).get("gauges");
        assertThat(gauges.at("/territories.exclusive.orphaned/value").asInt()).isEqualTo(1);
        assertThat(gauges.at("/territories.exclusive.active/value").asInt(-1)).isZero();
        assertThat(gauges.at("/territories.shared.active/value").asInt()).isEqualTo(1_200);
        assertThat(gauges.at("/territories.monitored.pending/value").asInt()).isEqualTo(1);
        assertThat(gauges.at("/territories.waiting/value").asInt()).isEqualTo(1);
        assertThat(gauges.at("/territories.ledger-version/value").asInt()).isEqualTo(77);
    }

    @Test
    void aListShowsPartOfManyPatternsAndTheTerritoryItselfShowsAll() throws Exception {
        JsonNode list = api("territories?owner=" + TerritoryScene.ADA);
        assertThat(list.get("ledgerVersion").asInt()).isEqualTo(77);
        JsonNode listed = list.at("/territories/0");
        assertThat(listed.get("patterns")).hasSize(100);
        assertThat(listed.get("patternCount").asInt()).isEqualTo(150);
        JsonNode whole = api("territories/auth-0001").get("territory");
        assertThat(whole.get("patterns")).hasSize(150);
        assertThat(whole.get("title").asText()).isEqualTo(TerritoryScene.HOSTILE);
        assertThat(whole.get("state").asText()).isEqualTo("ORPHANED");
        assertThat(whole.get("ownerLives").asBoolean(true)).isFalse();
        assertThat(whole.get("ageMillis").asLong()).isGreaterThanOrEqualTo(60_000);
        assertThat(whole.at("/revocation/by").asText()).isEqualTo("Eve");
        assertThat(whole.get("parent").asText()).isEqualTo("whole-0001");
        assertThat(whole.get("locks").asInt()).isEqualTo(3);
        assertThat(api("territories/logs-0001").at("/territory/revocation").isNull())
                .isTrue();
    }

    @Test
    void whoWaitsIsListedWithWhatIsInTheWay() throws Exception {
        JsonNode waiting = api("territories?state=pending").get("waiting");
        assertThat(waiting).hasSize(1);
        assertThat(waiting.at("/0/agent").asText()).isEqualTo(TerritoryScene.BOB);
        assertThat(waiting.at("/0/blockers/0").asText()).isEqualTo("auth-0001");
    }

    @ParameterizedTest
    @CsvSource({
        "owner=Engineer-Bob-1-00000002&limit=10000, 1200",
        "owner=nobody, 0",
        "type=shared&limit=10000, 1200",
        "type=EXCLUSIVE, 1",
        "state=orphaned, 1",
        "state=Pending&type=monitored, 1",
        "path=src/auth/x, 1",
        "path=SRC//./AUTH/x, 1",
        "path=docs/x, 0",
        "path=src/auth/x&type=shared, 0",
        "limit=3, 3",
    })
    void territoriesAreFoundByOwnerTypeStateAndPath(String query, int count) throws Exception {
        assertThat(api("territories?" + query).get("territories")).hasSize(count);
    }

    @Test
    void aLongListIsCutAndSaysSo() throws Exception {
        assertThat(api("territories").get("territories")).hasSize(1_000);
        assertThat(api("territories").get("truncated").asBoolean()).isTrue();
        assertThat(api("territories?limit=10000").get("truncated").asBoolean(true))
                .isFalse();
    }

    @Test
    void anExplanationSaysWhoMayDoWhatAndWhy() throws Exception {
        JsonNode anybody = api("explain?path=src/auth/login.js");
        assertThat(anybody.get("agent").isNull()).isTrue();
        assertThat(anybody.at("/writes/allowed").asBoolean(true)).isFalse();
        assertThat(anybody.at("/writes/territory").asText()).isEqualTo("auth-0001");
        assertThat(anybody.at("/territories/0/pattern").asText()).isEqualTo("src/auth/**");
        assertThat(anybody.at("/territories/0/title").asText()).isEqualTo(TerritoryScene.HOSTILE);
        assertThat(anybody.at("/lock/holders").isArray()).isTrue();
        JsonNode owner = api("explain?path=SRC/auth/login.js&agent=" + TerritoryScene.ADA);
        assertThat(owner.at("/path").asText()).isEqualTo("src/auth/login.js");
        assertThat(owner.at("/writes/allowed").asBoolean()).isTrue();
        assertThat(owner.at("/writes/territory").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/v1/territories/none            | 404 | there is no territory none",
                "/api/v1/territories/%3Cb%3E%E2%80%AE | 404 | <b><U+202E>",
                "/api/v1/territories/a%0Ab           | 400 | Suspicious",
                "/api/v1/territories/a/b             | 404 | /api/v1/territories/{id}",
                "/api/v1/territories/..%2Fagents     | 400 |",
                "/api/v1/territories?type=open       | 400 | exclusive, shared, monitored",
                "/api/v1/territories?state=dead      | 400 | pending, active, orphaned",
                "/api/v1/territories?limit=0         | 400 | 1..10000",
                "/api/v1/territories?path=../x       | 400 | ../x",
                "/api/v1/territories?path=           | 400 | empty",
                "/api/v1/territories?path=src/       | 400 | src/",
                "/api/v1/explain                     | 400 | path is missing",
                "/api/v1/explain?path=/etc/passwd    | 400 | /etc/passwd",
                "/api/v1/explain?path=a%5Cb          | 400 | backslash",
                "/api/v1/explain?path=a%0Ab          | 400 | <U+000A>",
                "/api/v1/explain?path=a%FFb          | 400 |",
                "/api/v1/explain?path=x&agent=root   | 400 | Type-Name-epochMillis-8hex",
                "/api/v1/explain?path=away           | 503 | ZooKeeper has not answered",
                "/api/v1/revocations?limit=x         | 400 | 1..10000",
            })
    void aQuestionThatBreaksARuleIsToldWhich(String path, int status, String why) throws Exception {
        HttpResponse<String> response = get(at.api() + path);
        assertProblem(response, status);
        assertThat(json(response).get("detail").asText()).contains(why == null ? "" : why);
    }

    /** Fault 85 and 55: what comes in a query is a path, of limited length, however it looks. */
    @Test
    void hostilePathsAreAnsweredAtOnceOrRefusedByTheNameOfTheLimit() throws Exception {
        for (String hostile : List.of("*a".repeat(30), "{a,b}".repeat(30), "**/".repeat(100) + "a", "[z-a]")) {
            String encoded = URLEncoder.encode(hostile, StandardCharsets.UTF_8);
            assertThat(get(at.api() + "/api/v1/explain?path=" + encoded).statusCode())
                    .as(hostile)
                    .isEqualTo(200);
            assertThat(get(at.api() + "/api/v1/territories?path=" + encoded).statusCode())
                    .as(hostile)
                    .isEqualTo(200);
        }
        HttpResponse<String> long1 = get(at.api() + "/api/v1/explain?path=" + "a/".repeat(512) + "a");
        assertProblem(long1, 400);
        assertThat(json(long1).get("detail").asText()).contains("too long", "the limit is 1024");
        assertProblem(get(at.api() + "/api/v1/explain?path=" + "a".repeat(256)), 400);
        HttpResponse<String> beyond = get(at.api() + "/api/v1/explain?path=" + "a/".repeat(8_192));
        assertProblem(beyond, 414);
        HttpRequest.Builder large = operator(form("id=" + "x".repeat(65_536) + "&reason=x"));
        assertProblem(send(large), 413);
    }

    @Test
    void revocationsAreListedTheLatestFirst() throws Exception {
        JsonNode all = api("revocations");
        assertThat(all.get("revocations").findValuesAsText("territory")).containsExactly("c", "b", "a");
        assertThat(all.at("/revocations/0/reason").asText()).isEqualTo(TerritoryScene.HOSTILE);
        assertThat(all.at("/revocations/0/graceMillis").asLong()).isEqualTo(5_000);
        assertThat(all.get("truncated").asBoolean(true)).isFalse();
        assertThat(api("revocations?limit=2").get("truncated").asBoolean()).isTrue();
    }

    @Test
    void thePolicyInForceIsShownWithItsDefaults() throws Exception {
        JsonNode policy = api("policy");
        assertThat(policy.get("allowOverBroad").asBoolean(true)).isFalse();
        assertThat(policy.get("maxPatterns").asInt()).isEqualTo(7);
        assertThat(policy.get("maxTerritoriesPerAgent").asInt()).isEqualTo(50);
        assertThat(policy.at("/areas/0/name").asText()).isEqualTo(TerritoryScene.HOSTILE);
        assertThat(policy.at("/areas/0/capabilities/0").asText()).isEqualTo("ddl");
        assertThat(policy.at("/areas/0/departments/0").asText()).isEqualTo("technical");
    }

    @Test
    void aRevocationTakesTheOperatorsTokenAndSaysWhatWillBe() throws Exception {
        assertProblem(send(form("id=now&reason=x")), 401);
        HttpResponse<String> ended = send(operator(form("id=now&reason=a+release&by=Eve&grace=0s&workspace=w")));
        assertThat(ended.statusCode()).as(ended.body()).isEqualTo(200);
        assertThat(json(ended).get("outcome").asText()).isEqualTo("ENDED");
        assertThat(json(ended).get("owner").asText()).isEqualTo("Eve a release");
        JsonNode told = json(send(operator(form("id=soon&reason=x&grace=5m"))));
        assertThat(told.get("outcome").asText()).isEqualTo("TOLD");
        assertThat(told.get("graceMillis").asLong()).isEqualTo(300_000);
        assertThat(told.get("message").asText()).contains("grants locks from memory");
        assertThat(json(send(operator(form("id=soon&reason=x"))))
                        .get("graceMillis")
                        .asLong())
                .isEqualTo(RevokeServlet.DEFAULT_GRACE.toMillis());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id=none&reason=x                | 409 | there is no territory none",
                "id=%0A&reason=x                 | 400 | id is missing",
                "id=a%0A&reason=x                | 409 | a<U+000A>",
                "id=away&reason=x                | 503 | ZooKeeper did not answer",
                "id=now&reason=x&workspace=other | 421 | coordinator of workspace 'w'",
                "id=now&reason=x&cluster=other   | 421 | coordinator of cluster cluster",
                "reason=x                        | 400 | id is missing",
                "id=now                          | 400 | reason",
                "id=now&reason=%0A               | 400 | reason",
                "id=now&reason=a%0Ab             | 400 | a<U+000A>b",
                "id=now&reason=x&by=             | 400 | by",
                "id=now&reason=x&grace=soon      | 400 | grace 'soon'",
                "id=now&reason=x&grace=-1s       | 400 | grace '-1s'",
                "id=now&reason=x&grace=2d        | 400 | MAX_GRACE",
                "id=now&reason=x&grce=5s         | 400 | there is no parameter 'grce'",
                "id=now&id=b&reason=x            | 400 | id is given 2 times",
            })
    void aRevocationThatDoesNothingSaysWhy(String form, int status, String why) throws Exception {
        HttpResponse<String> response = send(operator(form(form)));
        assertProblem(response, status);
        assertThat(json(response).get("detail").asText()).contains(why);
    }

    @Test
    void aRevocationIsNoReadAndItsErrorsShowNothingInside() throws Exception {
        assertProblem(get(at.admin() + "/tasks/revoke-territory?id=now&reason=x"), 405);
        HttpResponse<String> failed = send(operator(form("id=bug&reason=x")));
        assertProblem(failed, 500);
        assertThat(failed.body()).doesNotContain("secret");
    }

    @Test
    void whatIsNotThereIsToldWhatThereIs() throws Exception {
        for (String resource : List.of("territories", "territories/{id}", "explain", "revocations", "policy")) {
            assertThat(get(at.api() + "/api/v1/nothing").body()).contains("/api/v1/" + resource);
            assertThat(get(at.api() + "/").body()).contains("/api/v1/" + resource);
        }
    }

    private HttpRequest.Builder form(String form) {
        return HttpRequest.newBuilder(URI.create(at.admin() + "/tasks/revoke-territory"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form.strip()));
    }

    private static HttpRequest.Builder operator(HttpRequest.Builder request) {
        return request.header("Authorization", "Bearer " + TOKEN);
    }

    private JsonNode api(String query) throws Exception {
        HttpResponse<String> response = get(at.api() + "/api/v1/" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private HttpResponse<String> get(String url) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }

    private static void assertProblem(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(response).get("status").asInt()).isEqualTo(status);
        assertThat(response.body()).doesNotContain("Exception", "at org.");
    }
}
