package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's own lines, in a fresh clone and with a home that has never seen a bumba. */
final class ReadmeTest {
    private static final String CLI_JAR = "agent-client/cli/target/bumba-cli-0.1.0-all.jar";
    private static final String COORDINATOR_JAR = "coordinator/target/bumba-coordinator-0.1.0-all.jar";

    @TempDir
    private Path dir = Path.of("");

    @Test
    void whatTheReadmeTellsToTypeWorks() throws Exception {
        String readme = Files.readString(Machine.REPOSITORY.resolve("README.md"));
        Path clone = cloneWithJars();
        Path data = dir.resolve(".local/share/bumba");
        // The ports of the README may be taken on the machine that tests.
        String up = only(blocks(readme, "<!-- tested: runs until Ctrl-C -->", "sh"))
                .replace("bumba up", "bumba up --port 0 --admin-port 0 --zookeeper-port 0");
        try (Running coordinator = shell(clone, up)) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !coordinator.isAlive() || Files.exists(data.resolve("run/coordinator.json")));
            assertThat(coordinator.isAlive()).as(coordinator.said()).isTrue();

            for (String script : blocks(readme, "<!-- tested -->", "sh")) {
                try (Running typed = shell(clone, script)) {
                    assertThat(typed.exitCode()).as(script + typed.said()).isZero();
                }
            }
            assertThat(clone.resolve("README.md")).content().startsWith("# A better title\n");

            try (Running example = example(clone, only(blocks(readme, "<!-- tested -->", "java")), data)) {
                assertThat(example.exitCode()).as(example.said()).isZero();
                assertThat(example.out()).contains("edit now, under token ");
            }
        }
    }

    /** Compiled as a user would, against the jar of the command. */
    private Running example(Path clone, String source, Path data) throws IOException {
        Path file = Files.writeString(dir.resolve("Example.java"), source);
        String jar = clone.resolve(CLI_JAR).toString();
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        assertThat(compiler.run(null, null, null, "-cp", jar, "-d", dir.toString(), file.toString()))
                .isZero();
        JsonNode run = Machine.json(Files.readString(data.resolve("run/coordinator.json")));
        return Running.start(new ProcessBuilder(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-cp",
                dir + ":" + jar,
                "Example",
                run.path("zookeeper").asText(),
                data.resolve("keys/fleet").toString()));
    }

    private Path cloneWithJars() throws IOException, InterruptedException {
        Path clone = dir.resolve("clone");
        Process git = new ProcessBuilder("git", "clone", "-q", Machine.REPOSITORY.toString(), clone.toString())
                .inheritIO()
                .start();
        assertThat(git.waitFor()).isZero();
        // As they stand here, committed or not; and Maven has built the jars just now.
        for (String file : List.of("README.md", "ops/bin/bumba", CLI_JAR, COORDINATOR_JAR)) {
            Path to = clone.resolve(file);
            Files.createDirectories(Objects.requireNonNull(to.getParent()));
            Files.copy(
                    Machine.REPOSITORY.resolve(file),
                    to,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                    java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
        return clone;
    }

    private Running shell(Path clone, String script) {
        ProcessBuilder builder = new ProcessBuilder("sh", "-eu", "-c", script).directory(clone.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("BUMBA_") || name.startsWith("XDG_"));
        builder.environment().put("HOME", dir.toString());
        builder.environment().put("BUMBA_NO_BUILD", "1");
        return Running.start(builder);
    }

    private static List<String> blocks(String readme, String marker, String language) {
        return Pattern.compile(
                        "^" + Pattern.quote(marker) + "\n```" + language + "\n(.*?)^```$",
                        Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(readme)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static String only(List<String> blocks) {
        assertThat(blocks).hasSize(1);
        return blocks.get(0);
    }
}
