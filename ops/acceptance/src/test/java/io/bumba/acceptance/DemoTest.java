package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo on a real repository: this one when it is a clone, else one that is made of its files. */
final class DemoTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private Path dir = Path.of("");

    private Machine machine = new Machine(Path.of("target"));

    @BeforeEach
    void aRepository() throws IOException, InterruptedException {
        machine = new Machine(dir);
        Path repository = machine.project();
        Path sources = Machine.REPOSITORY.resolve("agent-client/library/src/main");
        for (String command : List.of(
                "git init -q .",
                "cp -r " + sources + " code",
                "git add -A",
                "git -c user.name=t -c user.email=t@example.org commit -q -m start")) {
            assertThat(new ProcessBuilder(command.split(" "))
                            .directory(repository.toFile())
                            .inheritIO()
                            .start()
                            .waitFor())
                    .as(command)
                    .isZero();
        }
    }

    @Test
    void underLocksEveryAcknowledgedEditIsProvenToBeInTheFiles() throws IOException {
        try (Running demo = demo("--seconds", "6")) {
            assertThat(demo.exitCode(LONG)).as(demo.said()).isZero();
            assertThat(demo.out())
                    .contains("each is in its file exactly once", "kill -9", "the late write was refused")
                    .contains("git diff --stat", "12 files changed", "PROVEN: no update was lost")
                    .doesNotContain("FAILED");
        }
        assertThat(scratch()).isEmpty();
    }

    @Test
    void withoutLocksUpdatesAreLost() throws IOException {
        try (Running demo = demo("--no-locks", "--seconds", "3")) {
            assertThat(demo.exitCode(LONG)).as(demo.said()).isZero();
            Matcher lost = Pattern.compile("([0-9]+) of them \\(").matcher(demo.out());
            assertThat(lost.find()).as(demo.said()).isTrue();
            assertThat(Integer.parseInt(lost.group(1))).isPositive();
        }
        assertThat(scratch()).isEmpty();
    }

    @Test
    void ctrlCLeavesNoProcessAndNoDirectory() throws IOException {
        try (Running demo = demo("--seconds", "600").awaitOut("under locks")) {
            List<ProcessHandle> family = ProcessHandle.of(demo.pid()).stream()
                    .flatMap(ProcessHandle::descendants)
                    .toList();
            assertThat(family).hasSizeGreaterThanOrEqualTo(9);
            demo.signal("INT");
            demo.exitCode();
            await().atMost(Duration.ofSeconds(10)).until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
        }
        assertThat(scratch()).isEmpty();
    }

    private Running demo(String... options) throws IOException {
        String[] words = Stream.concat(
                        Stream.of("demo", "--repo", machine.project().toString()), Stream.of(options))
                .toArray(String[]::new);
        ProcessBuilder builder = machine.command(words);
        // So that what it leaves behind can be seen.
        Path temp = Files.createDirectories(dir.resolve("tmp"));
        builder.environment().put("BUMBA_JAVA_OPTS", "-Djava.io.tmpdir=" + temp);
        return Running.start(builder);
    }

    private List<Path> scratch() throws IOException {
        try (Stream<Path> left = Files.list(dir.resolve("tmp"))) {
            return left.filter(path -> path.getFileName().toString().startsWith("bumba-demo"))
                    .toList();
        }
    }
}
