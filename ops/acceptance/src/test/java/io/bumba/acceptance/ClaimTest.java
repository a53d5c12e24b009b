package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

// faults 55, 86, 87, 88
final class ClaimTest extends WithCoordinator {
    @Test
    void theCommandRunsInsideAndItsExitCodeIsPassedOn() {
        try (Running claim = machine()
                .run(
                        "claim",
                        "--name",
                        "Ada",
                        "run/",
                        "--",
                        "sh",
                        "-c",
                        "echo \"$BUMBA_AGENT $BUMBA_TERRITORY\"; exit 42")) {
            assertThat(claim.exitCode()).as(claim.said()).isEqualTo(42);
            assertThat(claim.out()).matches("Command-Ada-[0-9]+-[0-9a-f]{8} run-[0-9a-f]+\n");
            assertThat(claim.err()).isEmpty();
        }
        assertThat(code("claim", "run/", "--", "true")).as("it was given back").isZero();
    }

    @Test
    void aRefusalSaysWhoWhichOfTheirsMeetsWhichOfMineSinceWhenAndWhatIsFree() {
        try (Running holder = claiming("refused/src/**", "--title", "new login", "--name", "Ada")) {
            refused(3, "claim", "refused/docs/", "refused/src/a.js", "--", "true")
                    .contains(
                            "refused/src/** (meets refused/src/a.js): Command-Ada-",
                            "since",
                            "new login",
                            "free are refused/docs/**",
                            "nothing was run",
                            "--wait 10m");
            try (Running json = machine().run("claim", "--json", "refused/src/a.js", "--", "true")) {
                JsonNode answer = Machine.json(json.out());
                assertThat(answer.path("exitCode").asInt()).isEqualTo(3);
                assertThat(answer.at("/conflicts/0/mine").asText()).isEqualTo("refused/src/a.js");
                assertThat(answer.at("/conflicts/0/theirs").asText()).isEqualTo("refused/src/**");
            }
            assertThat(holder.isAlive()).isTrue();
        }
    }

    @Test
    void aGlobAgainstAFileADotAgainstANameAndALinkedDirectoryMeet() throws IOException {
        Path meet = machine().project().resolve("meet");
        Files.createDirectories(meet.resolve("src"));
        Files.createSymbolicLink(meet.resolve("link"), Path.of("src"));
        for (String[] pair : List.of(
                new String[] {"meet/src/**", "meet/src/a.js"},
                new String[] {"./meet/a", "meet/a"},
                new String[] {"meet/link/", "meet/src/new.js"},
                new String[] {"meet/src", "meet/link"},
                new String[] {"meet/src/new.js", "meet/link/*.js"})) {
            try (Running holder = claiming(pair[0])) {
                refused(3, "claim", pair[1], "--", "true").contains("Command-sh-");
                finish(holder);
            }
            assertThat(code("claim", pair[1], "--", "true")).isZero();
        }
    }

    @Test
    void nobodyLocksInsideAndNothingIsClaimedOverALock() {
        try (Running claim = claiming("inside/**", "--title", "rewrite")) {
            refused(3, "run", "--lock", "inside/a.c", "--wait", "0", "--", "true")
                    .contains("inside/a.c lies in the EXCLUSIVE territory 'rewrite'", "inside/**");
            finish(claim);
        }
        try (Running holder = holding("inside/a.c", "--name", "Ben")) {
            refused(3, "claim", "inside/", "--", "true").contains("inside/a.c", "Command-Ben-", "holds a lock");
            assertThat(holder.isAlive()).isTrue();
        }
    }

    @Test
    void whoWaitsGetsItWhenItIsReleasedAndSaysForWhomItWaits() {
        try (Running holder = claiming("waited/");
                Running waiting = machine().start("claim", "waited/a", "--wait", "60s", "--", "echo", "got it")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> waiting.err().contains("; waiting"));
            holder.endOfInput();
            assertThat(waiting.exitCode()).as(waiting.said()).isZero();
            assertThat(waiting.out()).contains("got it");
        }
        try (Running holder = claiming("waited/")) {
            refused(3, 2, "claim", "waited/a", "--wait", "5s", "--", "true").contains("gave up waiting");
            finish(holder);
        }
    }

    @Test
    void withoutACommandItIsKeptUntilASignal() {
        for (String signal : List.of("INT", "TERM")) {
            try (Running claim =
                    machine().start("claim", "kept/", "--type", "shared").awaitOut("until Ctrl-C")) {
                assertThat(claim.out()).contains("(SHARED: kept/**)").hasLineCount(1);
                refused(3, "claim", "kept/a", "--", "true").contains("kept/**");
                claim.signal(signal);
                assertThat(claim.exitCode()).as(claim.said()).isZero();
            }
            assertThat(code("claim", "kept/a", "--", "true")).isZero();
        }
    }

    @Test
    void aKilledClaimIsFreeWithinItsSessionTimeout() {
        try (Running claim = claiming("killed/")) {
            claim.signal("KILL");
            // The default session timeout is 10 s; two ticks and a slow machine come on top.
            assertThat(code("claim", "killed/a", "--wait", "20s", "--", "true")).isZero();
        }
    }

    @Test
    void withAGraceAKilledClaimIsKept() {
        try (Running claim = claiming("orphan/", "--grace", "10m", "--name", "Ada")) {
            claim.signal("KILL");
            // Until its session is over it is simply its; then it is an orphan.
            refused(3, 2, "claim", "orphan/a", "--wait", "15s", "--", "true").contains("Command-Ada-");
        }
    }

    @Test
    void aLostTerritoryEndsTheCommandAndItsChildrenWith5() throws Exception {
        try (Running claim = machine()
                .start(
                        "claim",
                        "lost/",
                        "--",
                        "sh",
                        "-c",
                        "echo $BUMBA_TERRITORY; sh -c 'echo $$ > child; exec sleep 600'; true")) {
            Path child = machine().project().resolve("child");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(child) && Files.readString(child).endsWith("\n"));
            long pid = Long.parseLong(Files.readString(child).strip());
            machine().deleteTerritory(claim.out().strip());
            assertThat(claim.exitCode()).as(claim.said()).isEqualTo(5);
            assertThat(claim.err()).contains("is lost", "ending the command", "not protected");
            await().until(() ->
                    !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) || isZombie(pid));
        }
    }

    @Test
    void aCommandThatCannotRunClaimsNothing() throws IOException {
        Files.writeString(machine().project().resolve("plain"), "x");
        assertThat(code("claim", "nothing/", "--", "no-such-command")).isEqualTo(127);
        assertThat(code("claim", "nothing/", "--", "./plain")).isEqualTo(126);
    }

    @Test
    void whatIsNotRightIsToldByName() {
        refused(2, "claim", "../a", "--", "true").contains("is outside the tree");
        refused(2, "claim", "/etc/*", "--", "true").contains("is outside the tree");
        refused(2, "claim", ".git/", "--", "true").contains("belongs to a program");
        refused(2, "claim", "[", "--", "true").contains("'['");
        refused(2, "claim", "a", "--title", "two\nlines", "--", "true").contains("title");
        refused(2, "claim", "a", "--grace", "8d", "--", "true").contains("MAX_GRACE");
        refused(1, "claim", ".", "--", "true").contains("allowOverBroad", "claims everything");
        refused(1, "claim", "a", "--parent", "none-1", "--", "true").contains("no active territory none-1");
        List<String> many = new ArrayList<>(List.of("claim"));
        for (int i = 0; i <= 1_000; i++) {
            many.add("many/" + i);
        }
        refused(2, many.toArray(String[]::new)).contains("MAX_PATTERNS");
    }

    @Test
    void filesThatTheShellHasNamedAreClaimedAndOddOnesToo() throws IOException {
        Path dir = Files.createDirectories(machine().project().resolve("shell"));
        for (String name : List.of("a.js", "b.js", "[id].js", "{x}.js", "with space.js")) {
            Files.writeString(dir.resolve(name), "x");
        }
        String bumba = Machine.BUMBA.toString();
        try (Running claim = Running.start(
                        machine().inProject(List.of("sh", "-c", "exec " + bumba + " claim --json shell/*.js")))
                .awaitOut("\n")) {
            JsonNode told = Machine.json(claim.out());
            assertThat(told.path("patterns"))
                    .extracting(JsonNode::asText)
                    .contains("shell/a.js", "shell/b.js", "shell/\\[id].js", "shell/with space.js");
            refused(3, "run", "--lock", "shell/[id].js", "--wait", "0", "--", "true")
                    .contains("shell/");
            assertThat(code("run", "--lock", "shell/c.js", "--wait", "0", "--", "true"))
                    .isZero();
        }
    }

    private Running claiming(String pattern, String... more) {
        List<String> words = new ArrayList<>(List.of("claim", pattern));
        words.addAll(Arrays.asList(more));
        words.addAll(List.of("--", "sh", "-c", "echo claimed; read line"));
        return machine().start(words.toArray(String[]::new)).awaitOut("claimed");
    }

    /** Its command ends, so it gives back what it has. */
    private static void finish(Running claim) {
        assertThat(claim.isAlive()).isTrue();
        assertThat(claim.endOfInput().exitCode()).as(claim.said()).isEqualTo(1);
    }

    private int code(String... words) {
        try (Running run = machine().run(words)) {
            return run.exitCode();
        }
    }

    private AbstractStringAssert<?> refused(int code, String... words) {
        return refused(code, 1, words);
    }

    private AbstractStringAssert<?> refused(int code, int lines, String... words) {
        try (Running run = machine().run(words)) {
            assertThat(run.exitCode()).as(run.said()).isEqualTo(code);
            return assertThat(run.err())
                    .as(Arrays.toString(words.length > 20 ? new String[] {"many"} : words))
                    .startsWith("bumba: ")
                    .hasLineCount(lines);
        }
    }

    /** In a container without an init nobody may reap it. */
    private static boolean isZombie(long pid) throws IOException {
        Path stat = Path.of("/proc/" + pid + "/stat");
        return !Files.exists(stat) || Files.readString(stat).contains(") Z ");
    }
}
