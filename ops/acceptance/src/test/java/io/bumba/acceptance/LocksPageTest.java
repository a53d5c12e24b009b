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

/** The session with zkCli that {@code ops/docs/locks.md} shows, against a real holder and two who wait. */
final class LocksPageTest extends WithCoordinator {
    private static final String FILE = "src/login.c";

    @Test
    void whoHoldsWhoWaitsAndHowToBreakByHand() throws IOException {
        List<String> blocks = Pattern.compile("^<!-- tested -->\n```sh\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(Machine.REPOSITORY.resolve("ops/docs/locks.md")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(blocks).hasSize(2);
        try (Running holder = holding(FILE, "--reason", "fix #12", "--name", "Ada");
                Running next = machine()
                        .start("run", "--lock", FILE, "--wait", "60s", "--name", "Bob", "--", "echo", "got it")) {
            await().atMost(Duration.ofSeconds(20)).until(() -> text("locks").contains("Command-Bob-"));
            try (Running last =
                    machine().start("run", "--lock", FILE, "--wait", "60s", "--name", "Cleo", "--", "true")) {
                await().atMost(Duration.ofSeconds(20)).until(() -> text("locks").contains("Command-Cleo-"));
                String seen = shell(blocks.get(0));
                assertThat(seen)
                        .contains(
                                "__WRIT__",
                                "8-W-",
                                "Command-Ada-",
                                "\"reason\":\"fix #12\"",
                                "cZxid",
                                "/waits/Command-Bob-",
                                "/waits/Command-Cleo-");
                assertThat(firstAgent(seen)).as("the first in line holds").startsWith("Command-Ada-");
                assertThat(zxid(seen)).as("its czxid is the token").isEqualTo(token());
                shell(blocks.get(0) + blocks.get(1));
                assertThat(next.exitCode()).as(next.said()).isZero();
                assertThat(next.out()).contains("got it");
                assertThat(holder.exitCode())
                        .as("the holder's command is ended")
                        .isEqualTo(5);
                assertThat(holder.err()).contains("is lost");
                assertThat(last.exitCode()).as(last.said()).isZero();
            }
        }
        assertThat(text("breaks")).as("by hand leaves no record").doesNotContain(FILE);
    }

    private static String firstAgent(String seen) {
        return group(seen, "\"agent\":\"([^\"]+)\"");
    }

    private static long zxid(String seen) {
        return Long.decode(group(seen, "cZxid = (0x[0-9a-f]+)"));
    }

    private long token() {
        return Machine.json(text("locks", "--json"))
                .at("/locks/0/holders/0/token")
                .asLong();
    }

    private static String group(String seen, String pattern) {
        return Pattern.compile(pattern)
                .matcher(seen)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }

    private String shell(String script) {
        ProcessBuilder builder = machine().command("version");
        builder.command("bash", "-eu", "-c", "cd '" + Machine.REPOSITORY + "'; " + script);
        try (Running typed = Running.start(builder)) {
            assertThat(typed.exitCode()).as(script + typed.said()).isZero();
            return typed.out();
        }
    }

    private String text(String... words) {
        try (Running run = machine().run(words)) {
            assertThat(run.exitCode()).as(run.said()).isZero();
            return run.out();
        }
    }
}
