package io.bumba.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JvmTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Path directory;

    JvmTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void aProcessIsTalkedToAndItsOutputIsKept() throws Exception {
        Path log = directory.resolve("echo.log");
        try (Jvm jvm = Jvm.start(
                Echo.class, List.of("one", "two"), Jvm.Options.defaults().withOutput(log))) {
            assertThat(jvm.awaitLine(line -> line.startsWith("t"), SOON)).isEqualTo("two");
            jvm.awaitLine("ready", SOON);
            jvm.send("hello");
            jvm.awaitLine("echo hello", SOON);
            jvm.send("end");
            assertThat(jvm.waitFor(SOON)).isEqualTo(7);
            assertThat(jvm.lines()).containsExactly("one", "two", "ready", "echo hello");
        }
        assertThat(Files.readAllLines(log)).containsExactly("one", "two", "ready", "echo hello");
    }

    @Test
    void aPausedProcessAnswersWhenItGoesOn() {
        try (Jvm jvm = Jvm.start(Echo.class)) {
            jvm.awaitLine("ready", SOON);
            long paused = jvm.pause();
            assertThat(paused).isLessThan(System.nanoTime());
            jvm.send("hello");
            assertThatThrownBy(() -> jvm.awaitLine("echo hello", Duration.ofMillis(300)))
                    .hasMessageContaining("nothing within")
                    .hasMessageContaining("ready");
            jvm.resume();
            jvm.awaitLine("echo hello", SOON);
        }
    }

    @Test
    void aPausedProcessCanBeKilledAndWaitingForItEnds() {
        try (Jvm jvm = Jvm.start(Echo.class)) {
            jvm.awaitLine("ready", SOON);
            long paused = jvm.pause();
            assertThat(jvm.kill9()).isGreaterThan(paused);
            assertThat(jvm.isAlive()).isFalse();
            assertThat(jvm.waitFor(SOON)).isEqualTo(128 + 9);
            assertThatThrownBy(() -> jvm.awaitLine("more", SOON)).hasMessageContaining("the process ended");
        }
    }

    @Test
    void aProcessDoesNotOutliveTheOneThatStartedIt() {
        try (Jvm parent =
                Jvm.start(EchoParent.class, directory.resolve("child.log").toString())) {
            String line = parent.awaitLine(text -> text.startsWith("child "), SOON);
            ProcessHandle child =
                    ProcessHandle.of(Long.parseLong(line.split(" ", -1)[1])).orElseThrow();
            parent.killAlone();
            Deadline.until("the child has ended", SOON, () -> !child.isAlive());
        }
    }
}
