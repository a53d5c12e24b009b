package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionTest extends WithCoordinator {
    @Test
    void theCommandKnowsItsAgentAndItsExitCodeIsPassedOn() {
        Path socket;
        try (OpenSession session = open("--type", "Engineer", "--name", "Ada")) {
            socket = session.socket();
            assertThat(session.agent()).matches("Engineer-Ada-[0-9]+-[0-9a-f]{8}");
            try (Running whoami = session.run("whoami")) {
                assertThat(whoami.out()).isEqualTo(session.agent() + "\n");
            }
            session.running().endOfInput();
            assertThat(session.running().exitCode()).isEqualTo(7);
        }
        assertThat(socket.getParent()).doesNotExist();
    }

    @Test
    void onlyThisUserReachesTheSocket() throws IOException {
        try (OpenSession session = open()) {
            assertThat(permissions(session.socket())).isEqualTo("rw-------");
            assertThat(permissions(Objects.requireNonNull(session.socket().getParent())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void whatOneSessionHoldsAnotherIsRefusedWithWhoSinceWhenAndWhy() {
        try (OpenSession ada = open("--name", "Ada");
                OpenSession ben = open("--name", "Ben")) {
            assertThat(ada.code("lock", "src/login", "--reason", "fix #12")).isZero();
            try (Running refused = ben.run("lock", "src/login", "--wait", "1s")) {
                assertThat(refused.exitCode()).as(refused.said()).isEqualTo(3);
                assertThat(refused.err())
                        .contains("src/login", ada.agent(), "since", "fix #12")
                        .hasLineCount(1);
                assertThat(refused.out()).isEmpty();
            }
            assertThat(ben.code("unlock", "src/login")).isEqualTo(7);
            assertThat(ada.code("unlock", "src/login")).isZero();
            assertThat(ben.code("lock", "src/login", "--wait", "0")).isZero();
        }
        assertThat(code("run", "--lock", "src/login", "--wait", "0", "--", "true"))
                .isZero();
    }

    @Test
    void aFileLockedTwiceIsFreeAfterOneUnlock() {
        try (OpenSession session = open()) {
            assertThat(session.code("lock", "twice")).isZero();
            try (Running again = session.run("lock", "./twice")) {
                assertThat(again.exitCode()).isZero();
                assertThat(again.out()).contains("locked already");
            }
            assertThat(session.code("unlock", "twice")).isZero();
            assertThat(code("run", "--lock", "twice", "--wait", "0", "--", "true"))
                    .isZero();
        }
    }

    @Test
    void severalFilesAreLockedAllOrNone() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            assertThat(ada.code("lock", "all/2")).isZero();
            assertThat(ben.code("lock", "all/1", "all/2", "all/3", "--wait", "200ms"))
                    .isEqualTo(3);
            assertThat(held(ben)).isEmpty();
            assertThat(ada.code("unlock", "all/2")).isZero();
            assertThat(ben.code("lock", "all/3", "all/1", "all/2", "--wait", "0"))
                    .isZero();
            assertThat(held(ben)).containsExactly("all/1", "all/2", "all/3");
            assertThat(ben.code("unlock", "all/1", "all/9")).isEqualTo(7);
            assertThat(held(ben)).hasSize(3);
            assertThat(ben.code("unlock", "--all")).isZero();
            assertThat(held(ben)).isEmpty();
        }
    }

    @Test
    void aLockWaitsAndReadersShare() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            assertThat(ada.code("lock", "waited")).isZero();
            try (Running waiting = ben.start("lock", "waited", "--wait", "60s", "--shared")) {
                awaitWaiters("waited", 1);
                assertThat(ada.code("unlock", "waited")).isZero();
                assertThat(waiting.exitCode()).as(waiting.said()).isZero();
            }
            assertThat(ada.code("lock", "waited", "--shared", "--wait", "0")).isZero();
            assertThat(ada.code("lock", "waited", "--wait", "0")).isEqualTo(3);
        }
    }

    @Test
    void manyWaitersLeaveRoomForOthers() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            List<Running> waiting = new ArrayList<>();
            List<String> files = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                files.add("many/" + i);
            }
            List<String> words = new ArrayList<>(files);
            words.add(0, "lock");
            assertThat(ada.code(words.toArray(String[]::new))).isZero();
            for (String file : files) {
                waiting.add(ben.start("lock", file, "--wait", "60s"));
            }
            files.forEach(file -> awaitWaiters(file, 1));
            assertThat(ben.code("whoami")).isZero();
            assertThat(ada.code("unlock", "--all")).isZero();
            for (Running each : waiting) {
                assertThat(each.exitCode()).as(each.said()).isZero();
                each.close();
            }
        }
    }

    @Test
    void jsonIsOneLineThatParsesAndTellsTheCodeToo() {
        try (OpenSession ada = open("--name", "Ada");
                OpenSession ben = open()) {
            try (Running locked = ada.run("lock", "json", "--json", "--reason", "\"why\"")) {
                assertThat(locked.out()).hasLineCount(1);
                JsonNode answer = Machine.json(locked.out());
                assertThat(answer.path("exitCode").asInt(-1)).isZero();
                assertThat(answer.path("locked").path(0).path("path").asText()).isEqualTo("json");
            }
            try (Running refused = ben.run("lock", "json", "--json", "--wait", "1s")) {
                assertThat(refused.exitCode()).isEqualTo(3);
                JsonNode answer = Machine.json(refused.out());
                assertThat(answer.path("error").asText()).isEqualTo("HELD");
                assertThat(answer.path("holders").path(0).path("agent").asText())
                        .isEqualTo(ada.agent());
                assertThat(answer.path("holders").path(0).path("reason").asText())
                        .isEqualTo("\"why\"");
                assertThat(refused.err()).contains(ada.agent());
            }
            try (Running bad = ben.run("lock", "--json")) {
                assertThat(bad.exitCode()).isEqualTo(2);
                assertThat(Machine.json(bad.out()).path("exitCode").asInt()).isEqualTo(2);
            }
        }
    }

    @Test
    void statusIsToldToEverybody() {
        try (OpenSession session = open()) {
            assertThat(session.code("status", "busy")).isZero();
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                try (Running agents = machine().run("agents", "--json", "--status", "BUSY")) {
                    return agents.out().contains(session.agent());
                }
            });
            assertThat(session.code("status", "asleep")).isEqualTo(2);
        }
    }

    @Test
    void wordsThatAreNotRightEndWith2AndOneLine() {
        try (OpenSession session = open()) {
            for (String line : List.of(
                    "lock",
                    "lock ../outside",
                    "lock .git/config",
                    "lock a --wait soon",
                    "lock a --wait 2h",
                    "lock a --wait 999999999d",
                    "lock a --priority urgent",
                    "lock a --lease 1ms",
                    "lock --frobnicate",
                    "unlock",
                    "unlock a --all",
                    "held a",
                    "whoami a b")) {
                try (Running run = session.run(line.split(" ", -1))) {
                    assertThat(run.exitCode()).as(line + run.said()).isEqualTo(2);
                    assertThat(run.err()).startsWith("bumba: ").hasLineCount(1);
                }
            }
        }
    }

    @Test
    void namesAreNeitherCommandsNorOptionsNorFields() throws IOException {
        Path secret = Files.writeString(machine().project().resolve("secret"), "TOP SECRET");
        try (OpenSession session = open()) {
            for (String name : List.of(
                    "with space",
                    "$(touch pwned)",
                    "`touch pwned`; touch pwned",
                    "'\"",
                    "a=b&arg=other&cwd=%2F",
                    "@" + secret.getFileName(),
                    "100%41",
                    "*?[x]",
                    "= 0",
                    "1 x",
                    "äöü 日本")) {
                try (Running run = session.run("lock", "--wait", "0", "--json", name)) {
                    assertThat(run.exitCode()).as(name + run.said()).isZero();
                    assertThat(Machine.json(run.out())
                                    .path("locked")
                                    .path(0)
                                    .path("path")
                                    .asText())
                            .isEqualTo(name);
                }
            }
            try (Running run = session.run("lock", "--wait", "0", "--", "--all")) {
                assertThat(run.exitCode()).as(run.said()).isZero();
            }
            for (String name : List.of("a\nb", "a\u001b[2Jb", "a\u202Eb", "a\n= 0\n", "x".repeat(5_000))) {
                try (Running run = session.run("lock", "--wait", "0", "--", name)) {
                    assertThat(run.exitCode()).as(run.said()).isEqualTo(2);
                    assertThat(run.err()).hasLineCount(1).doesNotContain("\u001b", "\u202E");
                }
            }
        }
        assertThat(machine().project().resolve("pwned")).doesNotExist();
    }

    @Test
    void pathsAreThoseOfTheCaller() throws IOException {
        Path dir = Files.createDirectories(machine().project().resolve("deep/dir"));
        try (OpenSession session = open()) {
            try (Running run = Running.start(session.inside(
                    machine().command("lock", "../file", "--json").directory(dir.toFile())))) {
                assertThat(run.exitCode()).as(run.said()).isZero();
            }
            assertThat(held(session)).containsExactly("deep/file");
            // What has become a directory meanwhile is still unlocked by its name.
            Files.createDirectories(machine().project().resolve("deep/file"));
            assertThat(session.code("unlock", "deep/file")).isZero();
        }
    }

    @Test
    void aTreeThatIsNotBoundEndsWith6(@TempDir Path other) {
        ProcessBuilder builder = machine().command("session", "--", "true").directory(other.toFile());
        try (Running run = Running.start(builder)) {
            assertThat(run.exitCode()).as(run.said()).isEqualTo(6);
            assertThat(run.err()).contains("bumba init").hasLineCount(1);
        }
    }

    @Test
    void outsideASessionTheWordsSayWhereTheyBelong() {
        for (String[] words : List.of(
                new String[] {"lock", "a"},
                new String[] {"unlock", "a"},
                new String[] {"held"},
                new String[] {"whoami"},
                new String[] {"status", "busy"})) {
            try (Running run = machine().run(words)) {
                assertThat(run.exitCode()).as(run.said()).isEqualTo(4);
                assertThat(run.err()).contains("bumba session").hasLineCount(1);
            }
        }
    }

    @Test
    void aCallerThatIsKilledWhileItWaitsLeavesNothing() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            assertThat(ada.code("lock", "killed/curl", "killed/script")).isZero();
            try (Running curl = ben.start("lock", "killed/curl", "--wait", "60s");
                    Running script = ben.start("lock", "killed/script", "--wait", "60s")) {
                awaitWaiters("killed/curl", 1);
                awaitWaiters("killed/script", 1);
                curl.descendants().forEach(ProcessHandle::destroyForcibly);
                assertThat(curl.exitCode()).as(curl.said()).isEqualTo(4);
                List<ProcessHandle> orphans = script.descendants();
                assertThat(orphans).isNotEmpty();
                script.signal("KILL");
                // Long before an idle connection would be given up anyway.
                awaitWaiters("killed/curl", 0, Duration.ofSeconds(12));
                awaitWaiters("killed/script", 0, Duration.ofSeconds(12));
                await().until(() -> orphans.stream().noneMatch(ProcessHandle::isAlive));
            }
            assertThat(ada.code("unlock", "--all")).isZero();
            assertThat(held(ben)).isEmpty();
            assertThat(code("run", "--lock", "killed/curl", "--lock", "killed/script", "--wait", "0", "--", "true"))
                    .isZero();
        }
    }

    @Test
    void aKilledSessionFreesItsLocksAndAnswersWith4() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            assertThat(ada.code("lock", "orphan")).isZero();
            ada.running().signal("KILL");
            try (Running refused = ada.run("lock", "orphan")) {
                assertThat(refused.exitCode()).as(refused.said()).isEqualTo(4);
                assertThat(refused.err()).contains("bumba session").hasLineCount(1);
            }
            // The default session timeout is 10 s; two ticks and a slow machine come on top.
            assertThat(ben.code("lock", "orphan", "--wait", "20s")).isZero();
        }
    }

    @Test
    void aWaitEndsWithItsSession() {
        try (OpenSession ada = open();
                OpenSession ben = open()) {
            assertThat(ada.code("lock", "outlived")).isZero();
            try (Running waiting = ben.start("lock", "outlived", "--wait", "60s")) {
                awaitWaiters("outlived", 1);
                ben.running().endOfInput();
                assertThat(ben.running().exitCode(Duration.ofSeconds(10))).isEqualTo(7);
                assertThat(waiting.exitCode()).as(waiting.said()).isEqualTo(4);
            }
            awaitWaiters("outlived", 0);
        }
    }

    @Test
    void aSessionThatDoesNotAnswerIsGivenUp(@TempDir Path dir) throws IOException {
        Path socket = dir.resolve("s");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(socket));
            ProcessBuilder builder = machine().command("held");
            builder.environment().put("BUMBA_SESSION", socket.toString());
            try (Running run = Running.start(builder)) {
                assertThat(run.exitCode(Duration.ofSeconds(30))).as(run.said()).isEqualTo(4);
                assertThat(run.err()).contains("did not answer").hasLineCount(1);
            }
        }
    }

    @Test
    void aLostLockIsToldAtOnceAndRefusedUntilItIsUnlocked() throws Exception {
        try (OpenSession session = open()) {
            assertThat(session.code("lock", "broken", "whole")).isZero();
            machine().deleteContenders("broken");
            await().until(() -> session.running().err().contains("the lock of broken is lost"));
            for (String[] words : List.of(new String[] {"lock", "broken"}, new String[] {"held"})) {
                try (Running refused = session.run(words)) {
                    assertThat(refused.exitCode()).as(refused.said()).isEqualTo(5);
                    assertThat(refused.err())
                            .contains("broken was lost (its znode was deleted by somebody else)", "bumba unlock")
                            .hasLineCount(1);
                }
            }
            assertThat(session.code("unlock", "broken")).isEqualTo(5);
            assertThat(held(session)).containsExactly("whole");
            assertThat(session.code("lock", "broken")).isZero();
            machine().deleteContenders("broken");
            await().until(() -> session.code("held") == 5);
            session.running().endOfInput();
            assertThat(session.running().exitCode()).isEqualTo(5);
        }
    }

    @Test
    void aLeaseEndsByItselfAndIsALoss() {
        try (OpenSession session = open()) {
            assertThat(session.code("lock", "long", "--lease", "5m")).isZero();
            try (Running held = session.run("held")) {
                assertThat(held.out()).contains("long  exclusive, token ", ", ends in 4 m 5");
            }
            try (Running held = session.run("held", "--json")) {
                assertThat(Machine.json(held.out())
                                .at("/held/0/leaseLeftMillis")
                                .asLong())
                        .isBetween(1L, 300_000L);
            }
            assertThat(session.code("unlock", "long")).isZero();
            assertThat(session.code("lock", "leased", "--lease", "1s")).isZero();
            await().until(() -> session.running().err().contains("the lock of leased is lost (its lease has ended)"));
            assertThat(session.code("held")).isEqualTo(5);
            assertThat(session.code("unlock", "--all")).isEqualTo(5);
            assertThat(code("run", "--lock", "leased", "--wait", "0", "--", "true"))
                    .isZero();
        }
    }

    @Test
    void afterTheEndOfItsAgentEveryCallIsRefusedAndTheCommandGoesOn() throws Exception {
        try (OpenSession session = open()) {
            assertThat(session.code("lock", "before")).isZero();
            machine().deleteAgent(session.agent());
            await().until(() -> session.running().err().contains("has ended"));
            for (String[] words : List.of(
                    new String[] {"lock", "before"},
                    new String[] {"lock", "after"},
                    new String[] {"unlock", "before"},
                    new String[] {"held"},
                    new String[] {"whoami"},
                    new String[] {"status", "busy"})) {
                try (Running refused = session.run(words)) {
                    assertThat(refused.exitCode()).as(refused.said()).isEqualTo(5);
                    assertThat(refused.err()).contains("bumba session").hasLineCount(1);
                }
            }
            assertThat(session.running().isAlive()).isTrue();
            session.running().endOfInput();
            assertThat(session.running().exitCode()).isEqualTo(5);
        }
    }

    @Test
    void onLostEndEndsTheCommandWith5() throws Exception {
        try (OpenSession session = open("--on-lost", "end")) {
            assertThat(session.code("lock", "ended")).isZero();
            machine().deleteContenders("ended");
            assertThat(session.running().exitCode())
                    .as(session.running().said())
                    .isEqualTo(5);
        }
    }

    @Test
    void termReachesTheCommandAndEverythingIsReleased() {
        try (OpenSession session = open()) {
            assertThat(session.code("lock", "termed")).isZero();
            session.running().signal("TERM");
            assertThat(session.running().exitCode()).isEqualTo(143);
            assertThat(session.socket()).doesNotExist();
        }
        assertThat(code("run", "--lock", "termed", "--wait", "0", "--", "true")).isZero();
    }

    private OpenSession open(String... options) {
        return OpenSession.start(machine(), options);
    }

    private static List<String> held(OpenSession session) {
        try (Running run = session.run("held", "--json")) {
            assertThat(run.exitCode()).as(run.said()).isZero();
            List<String> paths = new ArrayList<>();
            Machine.json(run.out())
                    .path("held")
                    .forEach(item -> paths.add(item.path("path").asText()));
            return paths;
        }
    }

    private void awaitWaiters(String path, int count) {
        awaitWaiters(path, count, Duration.ofSeconds(30));
    }

    private void awaitWaiters(String path, int count, Duration most) {
        await().atMost(most).until(() -> lock(path).path("waiters").size() == count);
    }

    private JsonNode lock(String path) {
        try (Running locks = machine().run("locks", "--json", "--path", path)) {
            return Machine.json(locks.out()).path("locks").path(0);
        }
    }

    private int code(String... words) {
        try (Running run = machine().run(words)) {
            return run.exitCode();
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
