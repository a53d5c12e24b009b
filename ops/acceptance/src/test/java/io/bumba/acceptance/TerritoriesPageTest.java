package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The session with zkCli that {@code ops/docs/territories.md} shows, against a real owner and one who waits. */
final class TerritoriesPageTest extends WithCoordinator {
    @Test
    void whatIsClaimedByWhomAndWhoWaits() throws IOException {
        List<String> blocks = Pattern.compile("^<!-- tested -->\n```sh\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(Machine.REPOSITORY.resolve("ops/docs/territories.md")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(blocks).hasSize(1);
        try (Running owner = machine()
                        .start("claim", "--name", "Ada", "--title", "new login", "src/auth/**", "docs/a.md")
                        .awaitOut("until Ctrl-C");
                Running waiting = machine()
                        .start("claim", "--name", "Bob", "src/auth/a.c", "--wait", "60s", "--", "echo", "got it")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> waiting.err().contains("; waiting"));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> requests(blocks.get(0)).contains("00000000"));
            String seen = shell(blocks.get(0));
            String id = Pattern.compile("\\[(new-login-[0-9a-f]+)]")
                    .matcher(seen)
                    .results()
                    .findFirst()
                    .orElseThrow()
                    .group(1);
            assertThat(owner.out()).contains(id);
            assertThat(seen)
                    .contains(
                            "\"title\":\"new login\"",
                            "\"type\":\"EXCLUSIVE\"",
                            "\"state\":\"ACTIVE\"",
                            "\"owner\":\"Command-Ada-",
                            "\"patterns\":[\"docs/a.md\",\"src/auth/**\"]",
                            "owner-",
                            "claims",
                            "docs:a.md");
            owner.signal("INT");
            assertThat(owner.exitCode()).as(owner.said()).isZero();
            assertThat(waiting.exitCode()).as(waiting.said()).isZero();
        }
    }

    private String requests(String block) {
        return shell(block.lines().findFirst().orElseThrow() + "\nops/bin/bumba zkcli ls $W/requests");
    }

    private String shell(String script) {
        ProcessBuilder builder = machine().command("version");
        builder.command("bash", "-eu", "-c", "cd '" + Machine.REPOSITORY + "'; " + script);
        try (Running typed = Running.start(builder)) {
            assertThat(typed.exitCode()).as(script + typed.said()).isZero();
            return typed.out();
        }
    }
}
