package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an operator types when a lock is stuck. */
final class BreakTest extends WithCoordinator {
    @Test
    void aBreakEndsTheHoldersCommandGivesTheFileToTheWaiterAndIsOnRecord() throws Exception {
        Path src = Files.createDirectories(machine().project().resolve("src"));
        try (Running holder = holding("src/stuck.c", "--name", "Ada");
                Running waiter = machine()
                        .start("run", "--lock", "src/stuck.c", "--wait", "60s", "--", "sh", "-c", "echo mine")) {
            await().until(() -> waiter.err().contains("src/stuck.c is held by Command-Ada-"));

            ProcessBuilder inSrc = machine().command("break", "stuck.c", "--reason", "it hangs", "--by", "Eve <b>");
            String said = text(inSrc.directory(src.toFile()));

            assertThat(said).contains("src/stuck.c is no longer held by Command-Ada-", "EXCLUSIVE", "token");
            assertThat(waiter.exitCode()).as(waiter.said()).isZero();
            assertThat(waiter.out()).contains("mine");
            assertThat(holder.exitCode()).as(holder.said()).isEqualTo(5);
            assertThat(holder.err())
                    .contains("src/stuck.c is lost (it was ended by Eve <b>: it hangs)", "src/stuck.c was lost");
        }
        await().untilAsserted(() ->
                assertThat(text("breaks")).contains("src/stuck.c", "Command-Ada-", "EXCLUSIVE", "Eve <b>", "it hangs"));
        JsonNode last = Machine.json(text("breaks", "--json", "--limit", "1")).at("/breaks/0");
        assertThat(last.path("by").asText()).isEqualTo("Eve <b>");
        assertThat(last.path("reason").asText()).isEqualTo("it hangs");
    }

    @Test
    void nobodyHoldsItIsACodeOfItsOwnAndAnOldTokenDoesNotTouchTheSuccessor() {
        refused(7, "break", "free.c", "--reason", "x").contains("free.c is not held; nothing was changed");

        try (Running holder = holding("again.c")) {
            long token = await().until(() -> token("again.c"), found -> found > 0);
            refused(7, "break", "again.c", "--reason", "x", "--token", Long.toString(token - 1))
                    .contains("not held under token " + (token - 1), "token " + token);
            assertThat(holder.isAlive()).isTrue();

            JsonNode done = Machine.json(text(
                    "break",
                    "again.c",
                    "--workspace-relative",
                    "--reason",
                    "x",
                    "--token",
                    Long.toString(token),
                    "--json"));
            assertThat(done.at("/broken/0/token").asLong()).isEqualTo(token);
            assertThat(done.at("/broken/0/by").asText()).isEqualTo(System.getProperty("user.name"));
            assertThat(holder.exitCode()).isEqualTo(5);
        }
    }

    @Test
    void withoutTheOperatorsTokenNothingIsBroken() throws IOException {
        Path wrong = Files.writeString(machine().home().resolve("wrong"), "0123456789abcdef\n");
        try (Running holder = holding("guarded.c")) {
            ProcessBuilder builder = machine().command("break", "guarded.c", "--reason", "x");
            builder.environment().put("BUMBA_OPERATOR_TOKEN_FILE", wrong.toString());
            try (Running refused = Running.start(builder).endOfInput()) {
                assertThat(refused.exitCode()).as(refused.said()).isEqualTo(1);
                assertThat(refused.err())
                        .contains("operator token", "BUMBA_OPERATOR_TOKEN_FILE")
                        .doesNotContain("0123456789abcdef")
                        .hasLineCount(1);
            }
            // The address is another one than it was found with: the token is not sent there.
            String elsewhere = machine().runFileJson().path("adminUrl").asText().replace("127.0.0.1", "localhost");
            refused(1, "break", "guarded.c", "--reason", "x", "--admin-url", elsewhere)
                    .contains("operator token");
            assertThat(holder.isAlive()).isTrue();
            assertThat(text("locks")).contains("guarded.c");
            assertThat(text("breaks")).doesNotContain("guarded.c");
        }
    }

    @Test
    void whatBreaksARuleIsToldWithTheRule() {
        refused(2, "break", "a.c").contains("--reason");
        refused(2, "break", "a.c", "--reason", "two\nlines").contains("one line of plain text");
        refused(2, "break", "a.c", "--reason", "x", "--token", "0").contains("not positive");
        refused(2, "break", "../a.c", "--reason", "x").contains("../a.c");
        refused(6, "break", "a.c", "--reason", "x", "--workspace", "other").contains("'other'", "'default'");
        refused(6, "break", "a.c", "--reason", "x", "--workspace", "other", "--workspace-relative")
                .contains("coordinator of workspace 'default'");
        ProcessBuilder outside = machine().command("break", "a.c", "--reason", "x");
        try (Running refused =
                Running.start(outside.directory(machine().home().toFile())).endOfInput()) {
            assertThat(refused.exitCode()).as(refused.said()).isEqualTo(6);
            assertThat(refused.err())
                    .contains("bumba init", "--workspace-relative")
                    .hasLineCount(1);
        }
    }

    @Test
    void statusSaysWhoLeads() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonNode me = Machine.json(text("status", "--json")).path("coordinator");
            assertThat(me.path("leading").asBoolean()).isTrue();
            assertThat(me.path("leader").asText()).isEqualTo(me.path("instance").asText());
            assertThat(text("status"))
                    .contains("COORDINATOR", me.path("instance").asText() + ", leads");
        });
    }

    private long token(String path) {
        for (JsonNode lock :
                Machine.json(text("locks", "--json", "--path", path)).path("locks")) {
            return lock.at("/holders/0/token").asLong();
        }
        return 0;
    }

    private org.assertj.core.api.AbstractStringAssert<?> refused(int code, String... words) {
        try (Running run = machine().run(words)) {
            assertThat(run.exitCode()).as(run.said()).isEqualTo(code);
            return assertThat(run.err()).as(Arrays.toString(words)).hasLineCount(1);
        }
    }

    private String text(String... words) {
        return text(machine().command(words));
    }

    private static String text(ProcessBuilder builder) {
        try (Running run = Running.start(builder).endOfInput()) {
            assertThat(run.exitCode())
                    .as(() -> List.of(builder.command()) + run.said())
                    .isZero();
            return run.out();
        }
    }
}
