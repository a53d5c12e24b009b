package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.bumba.file.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunTest extends WithCoordinator {
    @Test
    void theCommandsExitCodeIsPassedOn() {
        assertThat(code("run", "--lock", "a", "--", "true")).isZero();
        assertThat(code("run", "--lock", "a", "--", "sh", "-c", "exit 42")).isEqualTo(42);
        assertThat(code("run", "--lock", "a", "--", "sh", "-c", "kill -KILL $$"))
                .isEqualTo(137);
    }

    @Test
    void theCommandKnowsItsAgentAndItsTokens() {
        try (Running run = machine()
                .run(
                        "run",
                        "--lock",
                        "b",
                        "--lock",
                        "./a",
                        "--",
                        "sh",
                        "-c",
                        "echo \"$BUMBA_AGENT\"; echo \"$BUMBA_TOKENS\"")) {
            assertThat(run.exitCode()).as(run.said()).isZero();
            assertThat(run.out()).containsPattern("Command-sh-[0-9]+-[0-9a-f]{8}\na=[0-9]+\nb=[0-9]+\n");
        }
    }

    @Test
    void aHeldFileEndsWith3AndSaysWhoSinceWhenWhyAndWhatToDo() {
        try (Running holder = holding("src/login.js", "--reason", "rewriting the login", "--name", "Ada")) {
            try (Running refused = machine().run("run", "--lock", "src/login.js", "--wait", "0", "--", "true")) {
                assertThat(refused.exitCode()).as(refused.said()).isEqualTo(3);
                assertThat(refused.err())
                        .contains("src/login.js", "Command-Ada-", "since", "rewriting the login", "--wait 30s");
                assertThat(refused.err()).hasLineCount(1);
            }
            assertThat(holder.isAlive()).isTrue();
        }
    }

    @Test
    void aWaitThatEndsFirstEndsWith3Too() {
        try (Running holder = holding("waited");
                Running refused = machine().run("run", "--lock", "waited", "--wait", "300ms", "--", "true")) {
            assertThat(refused.exitCode()).as(refused.said()).isEqualTo(3);
            assertThat(refused.err()).contains("gave up waiting");
            assertThat(holder.isAlive()).isTrue();
        }
    }

    @Test
    void readersShareAFileThatAWriterMayNotHave() {
        try (Running reader = holding("shared", "--shared")) {
            assertThat(code("run", "--lock", "shared", "--shared", "--wait", "0", "--", "true"))
                    .isZero();
            assertThat(code("run", "--lock", "shared", "--wait", "0", "--", "true"))
                    .isEqualTo(3);
            assertThat(reader.isAlive()).isTrue();
        }
    }

    @Test
    void runsThatWaitForEachOtherLoseNoUpdate() throws IOException {
        Path counter = Files.writeString(machine().project().resolve("counter"), "0\n");
        List<Running> runs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            runs.add(machine()
                    .start(
                            "run",
                            "--lock",
                            "counter",
                            "--wait",
                            "60s",
                            "--",
                            "sh",
                            "-c",
                            "n=$(cat counter); sleep 0.2; echo $((n+1)) > counter"));
        }
        for (Running run : runs) {
            assertThat(run.exitCode()).as(run.said()).isZero();
            run.close();
        }
        assertThat(counter).hasContent("6");
    }

    @Test
    void aServerThatDoesNotAnswerIsNamedWithinTenSeconds() {
        long began = System.nanoTime();
        try (Running run = machine().run("run", "--connect", "127.0.0.1:1", "--lock", "a", "--", "true")) {
            assertThat(run.exitCode()).as(run.said()).isEqualTo(4);
            assertThat(run.err()).contains("127.0.0.1:1").hasLineCount(1);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aLostLockEndsTheCommandAndItsChildrenWith5() throws Exception {
        try (Running run = machine()
                .start("run", "--lock", "lost", "--", "sh", "-c", "sh -c 'echo $$ > child; exec sleep 600'; true")) {
            Path child = machine().project().resolve("child");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(child) && Files.readString(child).endsWith("\n"));
            long pid = Long.parseLong(Files.readString(child).strip());
            machine().deleteContenders("lost");
            assertThat(run.exitCode()).as(run.said()).isEqualTo(5);
            assertThat(run.err()).contains("lock of lost");
            await().until(() -> !runs(pid));
        }
    }

    @Test
    void aTreeThatIsNotBoundOrBoundElsewhereEndsWith6(@TempDir Path other) {
        ProcessBuilder builder = machine().command("run", "--lock", "a", "--", "true");
        try (Running run = Running.start(builder.directory(other.toFile()))) {
            assertThat(run.exitCode()).as(run.said()).isEqualTo(6);
            assertThat(run.err()).contains("bumba init").hasLineCount(1);
        }
        Tree.init(other, "default", "another-cluster");
        try (Running run = Running.start(builder)) {
            assertThat(run.exitCode()).as(run.said()).isEqualTo(6);
            assertThat(run.err()).contains("another-cluster").hasLineCount(1);
        }
        try (Running init = Running.start(machine().command("init").directory(other.toFile()))) {
            assertThat(init.exitCode()).as(init.said()).isEqualTo(6);
        }
    }

    @Test
    void aCommandThatCannotRunTakesNoLock() throws IOException {
        Files.writeString(machine().project().resolve("plain"), "x");
        assertThat(code("run", "--lock", "a", "--", "no-such-command")).isEqualTo(127);
        assertThat(code("run", "--lock", "a", "--", "./plain")).isEqualTo(126);
    }

    @Test
    void aBadWaitOrPathEndsWith2() {
        assertThat(code("run", "--lock", "a", "--wait", "-1s", "--", "true")).isEqualTo(2);
        assertThat(code("run", "--lock", "../a", "--", "true")).isEqualTo(2);
        assertThat(code("run", "--lock", "", "--", "true")).isEqualTo(2);
    }

    @Test
    void termReachesTheCommandWhichMayPutItsHouseInOrder() {
        try (Running run = machine()
                .start(
                        "run",
                        "--lock",
                        "term",
                        "--",
                        "sh",
                        "-c",
                        "trap 'echo tidy; exit 9' TERM; echo holding; while :; do sleep 0.05; done")
                .awaitOut("holding")) {
            run.signal("TERM");
            assertThat(run.exitCode()).as(run.said()).isEqualTo(9);
            assertThat(run.out()).contains("tidy");
        }
        assertThat(code("run", "--lock", "term", "--wait", "0", "--", "true")).isZero();
    }

    @Test
    void ctrlCWhileWaitingLeavesTheQueue() {
        try (Running holder = holding("queue");
                Running waiter = machine().start("run", "--lock", "queue", "--wait", "60s", "--", "true")) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> lock("queue").path("waiters").size() == 1);
            waiter.signal("INT");
            assertThat(waiter.exitCode()).as(waiter.said()).isEqualTo(130);
            await().atMost(Duration.ofSeconds(3))
                    .until(() -> lock("queue").path("waiters").isEmpty());
            assertThat(holder.isAlive()).isTrue();
        }
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

    /** Not a zombie either: in a container without an init nobody may reap it. */
    private static boolean runs(long pid) throws IOException {
        Path stat = Path.of("/proc/" + pid + "/stat");
        return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
    }
}
