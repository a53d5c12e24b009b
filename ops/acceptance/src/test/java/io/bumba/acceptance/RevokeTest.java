package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

/** What an operator sees of territories, and does to them. */
final class RevokeTest extends WithCoordinator {
    @Test
    void whatIsClaimedIsSeenWithItsStateAndOneOfThemWhole() throws Exception {
        try (Running ada = claiming("seen/src/", "--title", "new login", "--name", "Ada", "--grace", "10m");
                Running waiting =
                        machine().start("claim", "seen/src/a", "--wait", "60s", "--name", "Ben", "--", "true")) {
            String id = territory("seen/src/a").path("id").asText();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> text("territories").contains("Command-Ben-"));
            assertThat(text("territories"))
                    .containsPattern(id + " +EXCLUSIVE +active +Command-Ada-.* 0 +1 +seen/src/\\*\\*")
                    .containsPattern("Command-Ben-.* EXCLUSIVE .*" + id + " +seen/src/a");
            assertThat(text("territories", "--path", "elsewhere")).contains("nothing is claimed");
            assertThat(text("territories", id)).contains("new login", "Command-Ada-", "seen/src/**");
            refused(7, "territories", "none-1").contains("no territory none-1");
            assertThat(text("explain", "seen/src/a"))
                    .contains("write  no: EXCLUSIVE territory " + id, "by its pattern seen/src/**: new login");
            ada.signal("KILL");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> text("territories", id).contains("orphan"));
            assertThat(text("territories", id)).contains("it is kept for 10 m");
            text("revoke", id, "--reason", "its agent died", "--grace", "0");
            assertThat(waiting.exitCode()).as(waiting.said()).isZero();
        }
    }

    @Test
    void aRevocationIsToldEndsTheCommandInTimeAndGivesTheAreaToWhoWaits() {
        try (Running ada = claiming("revoked/", "--name", "Ada");
                Running waiting =
                        machine().start("claim", "revoked/a", "--wait", "60s", "--", "sh", "-c", "echo mine")) {
            String id = territory("revoked/a").path("id").asText();
            await().until(() -> waiting.err().contains("; waiting"));
            assertThat(text("revoke", id, "--reason", "needed now", "--by", "Eve <b>", "--grace", "6s"))
                    .contains(id, "Command-Ada-", "6000 ms to finish");
            assertThat(ada.exitCode()).as(ada.said()).isEqualTo(5);
            assertThat(ada.err())
                    .contains(
                            "is being revoked by Eve <b> (needed now); it ends in 6 s",
                            "was revoked by Eve <b> (needed now); ending the command",
                            "not protected");
            assertThat(waiting.exitCode()).as(waiting.said()).isZero();
            assertThat(waiting.out()).contains("mine");
        }
    }

    @Test
    void aSessionIsToldAndMayFinishInTime() {
        try (OpenSession session = OpenSession.start(machine())) {
            JsonNode claimed = Machine.json(inSession(session, "claim", "--json", "finish/"));
            String id = claimed.path("id").asText();
            text("revoke", id, "--reason", "needed", "--grace", "5m");
            await().until(() -> session.running().err().contains(id + " is being revoked by"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> text("territories", id).contains("revoked by"));
            assertThat(session.code("release", id)).isZero();
            String other = Machine.json(inSession(session, "claim", "--json", "finish/"))
                    .path("id")
                    .asText();
            text("revoke", other, "--reason", "needed", "--grace", "1s");
            await().atMost(Duration.ofSeconds(20)).until(() -> session.code("held") == 5);
            assertThat(session.code("release", other)).isEqualTo(5);
        }
    }

    @Test
    void whatBreaksARuleIsToldAndWithoutTheOperatorsTokenNothingEnds() throws IOException {
        refused(7, "revoke", "none-1", "--reason", "x").contains("there is no territory none-1");
        refused(2, "revoke", "none-1", "--reason", "two\nlines").contains("one line");
        refused(2, "revoke", "none-1", "--reason", "x", "--grace", "2d").contains("MAX_GRACE");
        refused(6, "revoke", "none-1", "--reason", "x", "--workspace", "other").contains("'other'", "'default'");
        Path wrong = Files.writeString(machine().home().resolve("wrong"), "0123456789abcdef\n");
        try (Running claim = claiming("guarded/")) {
            String id = territory("guarded/a").path("id").asText();
            ProcessBuilder builder = machine().command("revoke", id, "--reason", "x");
            builder.environment().put("BUMBA_OPERATOR_TOKEN_FILE", wrong.toString());
            try (Running refused = Running.start(builder).endOfInput()) {
                assertThat(refused.exitCode()).as(refused.said()).isEqualTo(1);
                assertThat(refused.err())
                        .contains("operator token")
                        .doesNotContain("0123456789abcdef")
                        .hasLineCount(1);
            }
            assertThat(claim.isAlive()).isTrue();
            assertThat(text("territories")).contains(id).doesNotContain("revoked");
        }
    }

    private Running claiming(String pattern, String... more) {
        String[] words = new String[6 + more.length];
        words[0] = "claim";
        words[1] = pattern;
        System.arraycopy(more, 0, words, 2, more.length);
        System.arraycopy(new String[] {"--", "sh", "-c", "echo claimed; read line"}, 0, words, 2 + more.length, 4);
        return machine().start(words).awaitOut("claimed");
    }

    private JsonNode territory(String path) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> Machine.json(text("territories", "--json", "--path", path))
                                .at("/territories/0"),
                        found -> !found.isMissingNode());
    }

    private static String inSession(OpenSession session, String... words) {
        try (Running run = session.run(words)) {
            assertThat(run.exitCode()).as(run.said()).isZero();
            return run.out();
        }
    }

    private AbstractStringAssert<?> refused(int code, String... words) {
        try (Running run = machine().run(words)) {
            assertThat(run.exitCode()).as(run.said()).isEqualTo(code);
            return assertThat(run.err()).as(Arrays.toString(words)).hasLineCount(1);
        }
    }

    private String text(String... words) {
        try (Running run = machine().run(words)) {
            assertThat(run.exitCode())
                    .as(() -> Arrays.toString(words) + run.said())
                    .isZero();
            return run.out();
        }
    }
}
