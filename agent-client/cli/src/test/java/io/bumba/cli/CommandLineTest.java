package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines from the words to the exit code, against an HTTP server that answers as a coordinator does. */
final class CommandLineTest {
    private static final String STATUS = """
            {"asOf":{"zxid":"0x1a","time":"2026-01-01T00:00:00Z","ageMillis":3,"stale":false},"cluster":{"id":"c1"},\
            "workspace":"default","version":"9.9","agents":{"total":3,"max":1000,"byDepartment":{"technical":2,"design":1}},\
            "locks":{"active":2,"waiting":1,"oldest":{"path":"src/a.c","agent":"A-B-1-00000000","since":"x","ageMillis":63000}},\
            "territories":{"total":5,"byType":{"EXCLUSIVE":4,"SHARED":1},"pending":1,"orphans":2,"waiting":3},\
            "health":{"healthy":false,"checks":{"disk":{"healthy":false,"message":"full\\u001b[2J"}}}}""";
    private static final String LOCKS = """
            {"asOf":{"stale":true,"ageMillis":9000},"locks":[{"path":"src/a.c","holders":[{"agent":"A-B-1-00000000",\
            "mode":"EXCLUSIVE","ageMillis":1000,"reason":"evil\\u202Ereason","token":"7"}],"waiters":[{"agent":"C-D-1-00000000",\
            "mode":"SHARED","priority":"HIGH","ageMillis":5,"reason":"","place":1}],"foreign":[]},\
            {"path":"src/ab.c","holders":[],"waiters":[],"foreign":["lock-1"]}]}""";

    private static final String TERRITORIES = """
            {"asOf":{"stale":false},"truncated":false,"territories":[\
            {"id":"src-auth-0a1b2c3d","title":"x","type":"EXCLUSIVE","state":"ACTIVE","owner":"Engineer-Ada-1795465737792-279fb703",\
            "ownerLives":true,"patterns":["src/auth/**","src/login/**"],"patternCount":2,"pending":[],"ageMillis":123000,\
            "revocation":null,"locks":2,"waiters":1,"contested":2},\
            {"id":"docs-0a1b2c3e","type":"SHARED","state":"ORPHANED","owner":"A-B-1-00000000","ownerLives":false,\
            "patterns":["docs/**"],"patternCount":1,"pending":[],"ageMillis":1,"locks":0,"waiters":0,"contested":0},\
            {"id":"a-0a1b2c3f","type":"MONITORED","state":"ACTIVE","owner":"A-B-1-00000000","ownerLives":true,\
            "patterns":["a\\u202E"],"patternCount":1,"pending":[],"revocation":{"by":"Eve"}},\
            {"id":"b-0a1b2c40","type":"EXCLUSIVE","state":"PENDING","owner":"A-B-1-00000000","ownerLives":true,\
            "patterns":["b"],"patternCount":1,"pending":[]},\
            {"id":"c-0a1b2c41","type":"EXCLUSIVE","state":"ACTIVE","owner":"A-B-1-00000000","ownerLives":true,\
            "patterns":["c"],"patternCount":1,"pending":["d"]}],\
            "waiting":[{"agent":"Engineer-Ben-1795465737792-279fb703","title":"t","type":"EXCLUSIVE","patterns":["src/auth/a.js"],\
            "patternCount":1,"ageMillis":4000,"blockers":["src-auth-0a1b2c3d"]}]}""";

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;

    @TempDir
    private Path dir = Path.of("");

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stopListening() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frobnicate",
                "run",
                "run -- true",
                "run --lock a",
                "run --lock a --wait soon -- true",
                "run --lock a --wait 8d -- true",
                "run --lock a --type not/ok -- true",
                "session",
                "session --type not/ok -- true",
                "session --on-lost perhaps -- true",
                "lock",
                "claim",
                "claim -- true",
                "claim a --type open",
                "claim a --wait soon",
                "claim a --name not/ok",
                "territories t-1 --all",
                "territories ../locks",
                "territories --path [",
                "revoke t-1",
                "revoke --reason x",
                "explain",
                "status --url ftp://x",
                "demo --agents 1",
                "demo --seconds x",
                "init /no/such/directory",
                "up"
            })
    void aCommandLineThatIsNotRightEndsWith2AndOneLine(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err()).startsWith("bumba: ").hasLineCount(1);
    }

    @Test
    void helpIsShownWhenNothingIsAsked() {
        assertThat(run()).isZero();
        assertThat(out()).contains("Commands:", "Exit codes:", "held by another");
    }

    @Test
    void aDirectoryThatIsNotBoundEndsWith6AndSaysWhatToType() {
        assertThat(run("run", "--lock", "a", "--", "true")).isEqualTo(6);
        assertThat(err()).contains("bumba init").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lock a", "unlock a", "held", "whoami", "status busy", "release t-1", "resize t-1 a"})
    void whatActsForASessionsAgentSaysSoOutsideOfOne(String line) {
        assertThat(run(line.split(" "))).isEqualTo(4);
        assertThat(err()).contains("bumba session").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"release t-1", "resize t-1 --add a"})
    void whatOnlyAnOwnerMayDoNamesWhatAnOperatorDoes(String line) {
        assertThat(run(line.split(" "))).isEqualTo(4);
        assertThat(err()).contains("only its owner", "bumba revoke ID --reason").hasLineCount(1);
    }

    @Test
    void aClaimWhereNothingIsBoundEndsWith6AndWithoutItsCommandWith127() {
        assertThat(run("claim", "a", "--", "true")).isEqualTo(6);
        assertThat(err()).contains("bumba init").hasLineCount(1);
        assertThat(run("claim", "a", "--", "no-such-command")).isEqualTo(127);
    }

    @Test
    void territoriesAreOneLineEachAtEightyColumns() throws IOException {
        try (Coordinator coordinator = new Coordinator(TERRITORIES, 200)) {
            Map<String, String> env = Map.of("BUMBA_DATA", dir.toString(), "COLUMNS", "80");
            assertThat(Main.commandLine(new Surroundings(env, dir)).execute("territories", "--url", coordinator.url()))
                    .isZero();
        }
        assertThat(out().lines())
                .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(80));
        assertThat(out())
                .contains("LOCKS", "PATTERNS", "a<U+202…")
                .containsPattern("src-auth-0a1b2c3d +EXCLUSIVE +active +Engin.* 2 +3 ")
                .containsPattern("docs-0a1b2c3e +SHARED +orphan")
                .containsPattern("a-0a1b2c3f +MONITORED +revoked")
                .containsPattern("b-0a1b2c40 +EXCLUSIVE +pending")
                .containsPattern("c-0a1b2c41 +EXCLUSIVE +resizing")
                .containsPattern("WAITING.*BEHIND")
                .doesNotContain("\u202E");
    }

    @Test
    void territoriesCanBeNarrowedToAPath() throws IOException {
        try (Coordinator coordinator = new Coordinator(TERRITORIES, 200)) {
            assertThat(run("territories", "--path", "./src/", "--json", "--url", coordinator.url()))
                    .isZero();
            assertThat(out()).contains("src-auth-0a1b2c3d").doesNotContain("docs-0a1b2c3e");
            outBytes.reset();
            assertThat(run("territories", "--path", "docs/a.md", "--url", coordinator.url()))
                    .isZero();
            assertThat(out()).contains("docs-0a1b2c3e").doesNotContain("src-auth-0a1b2c3d", "WAITING");
        }
    }

    @Test
    void oneTerritoryIsShownWithAllThatIsKnownAndAnotherIsNotThere() throws IOException {
        String one =
                "{\"territory\":{\"id\":\"a-0a1b2c3f\",\"title\":\"t\\u202E\",\"type\":\"MONITORED\",\"state\":\"ACTIVE\","
                        + "\"owner\":\"A-B-1-00000000\",\"ownerLives\":true,\"patterns\":[\"x/**\",\"y\"],\"pending\":[],\"ageMillis\":61000,"
                        + "\"since\":\"2026-01-01T00:00:00.5Z\",\"parent\":null,\"revocation\":{\"by\":\"Eve\",\"reason\":\"needed\","
                        + "\"at\":\"2026-01-01T00:00:01Z\",\"graceMillis\":30000},\"locks\":1,\"waiters\":0,\"contested\":2}}";
        try (Coordinator coordinator = new Coordinator(one, 200)) {
            assertThat(run("territories", "a-0a1b2c3f", "--url", coordinator.url()))
                    .isZero();
            assertThat(coordinator.asked).containsExactly("/api/v1/territories/a-0a1b2c3f");
        }
        assertThat(out())
                .contains("revoked by Eve", "30 s from then: needed", "t<U+202E>", "1 m 1 s ago", "x/**\n", "  y\n")
                .doesNotContain("null", "parent");
        try (Coordinator coordinator = new Coordinator("{}", 404)) {
            assertThat(run("territories", "gone-1", "--url", coordinator.url())).isEqualTo(7);
            assertThat(err()).contains("no territory gone-1").hasLineCount(1);
        }
    }

    @Test
    void aRevocationIsAskedOfTheAdminPortWithAllThatWasSaid() throws IOException {
        try (Coordinator admin = new Coordinator("{\"message\":\"told\\u202E\"}", 200)) {
            assertThat(run(
                            "revoke",
                            "t-1",
                            "--reason",
                            "needed",
                            "--by",
                            "Eve",
                            "--grace",
                            "2m",
                            "--workspace",
                            "w",
                            "--admin-url",
                            admin.url()))
                    .isZero();
            assertThat(admin.asked).containsExactly("/tasks/revoke-territory");
            assertThat(admin.bodies).containsExactly("by=Eve&grace=120000ms&id=t-1&reason=needed&workspace=w");
            assertThat(out()).isEqualTo("told<U+202E>\n");
        }
        for (Map.Entry<Integer, Integer> each :
                Map.of(400, 2, 409, 7, 421, 6, 503, 4, 403, 1, 500, 1).entrySet()) {
            try (Coordinator admin = new Coordinator("{\"detail\":\"no\"}", each.getKey())) {
                assertThat(run("revoke", "t-1", "--reason", "x", "--admin-url", admin.url()))
                        .isEqualTo(each.getValue());
            }
        }
    }

    @Test
    void whoMayDoWhatIsExplainedWithTheNextStep() throws IOException {
        String forbidden =
                "{\"asOf\":{},\"path\":\"src/a.c\",\"agent\":null,\"writes\":{\"allowed\":false,\"why\":\"EXCLUSIVE"
                        + " territory t-1 of A\",\"territory\":\"t-1\"},\"reads\":{\"allowed\":false,\"why\":\"x\",\"territory\":\"t-1\"},"
                        + "\"territories\":[{\"territory\":\"t-1\",\"title\":\"auth\\u202E\",\"owner\":\"A\",\"type\":\"EXCLUSIVE\","
                        + "\"state\":\"ACTIVE\",\"since\":\"2026-01-01T00:00:00Z\",\"pattern\":\"src/**\",\"admits\":false}],"
                        + "\"lock\":{\"path\":\"src/a.c\",\"holders\":[{\"agent\":\"A\",\"mode\":\"EXCLUSIVE\",\"since\":\"x\",\"reason\":\"y\"}],"
                        + "\"waiters\":[]}}";
        try (Coordinator coordinator = new Coordinator(forbidden, 200)) {
            assertThat(run("explain", "./src/a.c", "--workspace-relative", "--url", coordinator.url()))
                    .isZero();
            assertThat(coordinator.asked).containsExactly("/api/v1/explain?path=src%2Fa.c");
        }
        assertThat(out())
                .contains(
                        "src/a.c, for an agent that owns nothing",
                        "write  no: EXCLUSIVE territory t-1 of A",
                        "by its pattern src/**: auth<U+202E>",
                        "held by A (EXCLUSIVE since x: y)",
                        "next   ask the owner of t-1",
                        "bumba revoke t-1");
    }

    @Test
    void withoutACoordinatorItEndsWith4AndSaysWhatToType() {
        assertThat(run("status")).isEqualTo(4);
        assertThat(err())
                .contains("coordinator.json does not exist", "bumba up")
                .hasLineCount(1);
    }

    @Test
    void anAddressWhereNobodyAnswersIsNamed() {
        assertThat(run("locks", "--url", "http://127.0.0.1:1")).isEqualTo(4);
        assertThat(err()).contains("http://127.0.0.1:1").hasLineCount(1);
    }

    @Test
    void aRunFileOfAKilledCoordinatorIsExplained() throws IOException {
        runFile("http://127.0.0.1:1", Long.MAX_VALUE);
        assertThat(run("status")).isEqualTo(4);
        assertThat(err()).contains("does not run any more", "bumba up");
    }

    @Test
    void theOptionsOfEveryCommandMayStandBeforeOrAfterIt() throws IOException {
        try (Coordinator coordinator = new Coordinator(STATUS, 200)) {
            assertThat(run("--url", coordinator.url(), "status")).isZero();
            assertThat(run("status", "--url", coordinator.url() + "/")).isZero();
        }
    }

    @Test
    void jsonComesAsTheCoordinatorSentIt() throws IOException {
        try (Coordinator coordinator = new Coordinator(STATUS, 200)) {
            runFile(coordinator.url(), ProcessHandle.current().pid());
            assertThat(run("status", "--json")).isZero();
            assertThat(out()).isEqualTo(STATUS + "\n");
        }
    }

    @Test
    void statusShowsSectionsAndNothingThatWasNotMeasured() throws IOException {
        try (Coordinator coordinator = new Coordinator(STATUS, 200)) {
            assertThat(run("status", "--url", coordinator.url())).isZero();
        }
        assertThat(out())
                .contains("AGENTS", "total              3 of 1000", "technical          2")
                .contains("FILE LOCKS", "active             2", "src/a.c, for 1 m 3 s, A-B-1-00000000")
                .contains(
                        "TERRITORIES",
                        "EXCLUSIVE          4",
                        "being allocated    1",
                        "orphans            2",
                        "waiting            3")
                .contains("NOT HEALTHY", "PROBLEM, full<U+001B>[2J")
                .doesNotContain("\u001b", "null");
        try (Coordinator coordinator = new Coordinator("{\"version\":\"9.9\"}", 200)) {
            outBytes.reset();
            assertThat(run("status", "--url", coordinator.url())).isZero();
        }
        assertThat(out()).doesNotContain("AGENTS", "FILE LOCKS", "TERRITORIES", "HEALTH");
    }

    @Test
    void locksShowsHoldersAndWaitersAndHowOldThePictureIs() throws IOException {
        try (Coordinator coordinator = new Coordinator(LOCKS, 200)) {
            assertThat(run("locks", "--url", coordinator.url())).isZero();
        }
        assertThat(out())
                .contains("NOT UP TO DATE", "9 s ago", "held", "waits 1", "evil<U+202E>reason", "foreign")
                .doesNotContain("\u202E");
    }

    @Test
    void locksCanBeNarrowedToAFileOrDirectory() throws IOException {
        try (Coordinator coordinator = new Coordinator(LOCKS, 200)) {
            assertThat(run("locks", "--path", "src/a.c", "--json", "--url", coordinator.url()))
                    .isZero();
            assertThat(out()).contains("src/a.c").doesNotContain("src/ab.c");
            outBytes.reset();
            assertThat(run("locks", "--path", "src/", "--url", coordinator.url()))
                    .isZero();
            assertThat(out()).contains("src/a.c", "src/ab.c");
        }
    }

    @Test
    void filtersOfAgentsAreAskedOfTheCoordinator() throws IOException {
        try (Coordinator coordinator = new Coordinator("{\"agents\":[]}", 200)) {
            assertThat(run("agents", "--department", "a b", "--status", "ACTIVE", "--url", coordinator.url()))
                    .isZero();
            assertThat(coordinator.asked).containsExactly("/api/v1/agents?department=a+b&status=ACTIVE");
        }
        assertThat(out()).contains("no agent matches");
    }

    @Test
    void anAnswerThatIsNoneIsReported() throws IOException {
        try (Coordinator coordinator = new Coordinator("<html>", 200)) {
            assertThat(run("status", "--url", coordinator.url())).isEqualTo(1);
            assertThat(err()).contains("did not answer in JSON").hasLineCount(1);
        }
        try (Coordinator coordinator = new Coordinator("boom\nbang", 500)) {
            errBytes.reset();
            assertThat(run("status", "--url", coordinator.url())).isEqualTo(1);
            assertThat(err()).contains("answered 500: boom bang").hasLineCount(1);
        }
    }

    @Test
    void theOptionGoesBeforeTheVariableAndThatBeforeTheRunFile() throws IOException {
        runFile("http://file:1", 1);
        Map<String, String> env = Map.of("BUMBA_DATA", dir.toString(), "BUMBA_URL", "http://env:1");
        assertThat(new Target(new Surroundings(env, dir), null, "http://option:1", null, null).url())
                .isEqualTo("http://option:1");
        assertThat(new Target(new Surroundings(env, dir), null, null, null, null).url())
                .isEqualTo("http://env:1");
        Surroundings without = new Surroundings(Map.of("BUMBA_DATA", dir.toString()), dir);
        assertThat(new Target(without, null, null, null, null).url()).isEqualTo("http://file:1");
    }

    @Test
    void theFleetKeyIsNotSentToServersThatItWasNotFoundWith() throws IOException {
        runFile("http://file:1", 1);
        Surroundings around = new Surroundings(Map.of("BUMBA_DATA", dir.toString()), dir);
        assertThat(new Target(around, null, null, null, null).fleetKeyFile()).contains(dir.resolve("key"));
        assertThat(new Target(around, null, null, "elsewhere:2181", null).fleetKeyFile())
                .isEmpty();
    }

    @Test
    void theOperatorsTokenGoesToItsOwnCoordinatorOnly() throws IOException {
        Files.writeString(dir.resolve("token"), "t0k3n\n");
        try (Coordinator coordinator = new Coordinator(STATUS, 200)) {
            runFile(coordinator.url(), 1);
            assertThat(run("status")).isZero();
            assertThat(run("status", "--url", coordinator.url().replace("127.0.0.1", "localhost")))
                    .isZero();
            assertThat(coordinator.tokens).containsExactly("Bearer t0k3n", "null");
        }
    }

    @Test
    void networkFileSystemsAreWarnedOf() {
        assertThat(ServerChecks.fileSystem("ext4").level()).isEqualTo(Finding.Level.OK);
        assertThat(ServerChecks.fileSystem("nfs4").level()).isEqualTo(Finding.Level.WARNING);
        assertThat(ServerChecks.fileSystem("overlay").level()).isEqualTo(Finding.Level.WARNING);
    }

    @Test
    void aCommandsNameBecomesAnAgentsName() {
        assertThat(RunCommand.nameOf("/usr/bin/g++-12")).isEqualTo("g___12");
        assertThat(RunCommand.nameOf("dir/")).isEqualTo("command");
        assertThat(RunCommand.nameOf("x".repeat(100))).hasSize(64);
    }

    private int run(String... words) {
        Map<String, String> env = Map.of("BUMBA_DATA", dir.toString(), "PATH", "/usr/bin:/bin");
        return Main.commandLine(new Surroundings(env, dir)).execute(words);
    }

    private String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    private void runFile(String apiUrl, long pid) throws IOException {
        Path file = RunFile.in(dir);
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "{\"v\":1,\"pid\":" + pid + ",\"apiUrl\":\"" + apiUrl
                        + "\",\"zookeeper\":\"127.0.0.1:1\",\"fleetKeyFile\":\"key\",\"operatorTokenFile\":\"token\",\"later\":true}");
    }

    /** Gives one answer to everything. */
    private static final class Coordinator implements AutoCloseable {
        private final HttpServer server;
        private final List<String> asked = new CopyOnWriteArrayList<>();
        private final List<String> tokens = new CopyOnWriteArrayList<>();
        private final List<String> bodies = new CopyOnWriteArrayList<>();

        Coordinator(String answer, int status) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            server.createContext("/", exchange -> {
                tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
                asked.add(exchange.getRequestURI().toString());
                bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
