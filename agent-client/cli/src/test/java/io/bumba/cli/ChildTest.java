package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildTest {
    private final Surroundings around = Surroundings.ofProcess();

    @TempDir
    private Path dir = Path.of("");

    @Test
    void passesTheExitCodeOnAndASignalAsAShellDoes() throws Exception {
        assertThat(start("exit 7").waitFor()).isEqualTo(7);
        assertThat(start("kill -KILL $$").waitFor()).isEqualTo(137);
    }

    @Test
    void theCommandFindsItsVariables() throws Exception {
        Child child = Child.start(
                List.of("sh", "-c", "test \"$BUMBA_TOKENS\" = \"a=1\nb=2\""), Map.of("BUMBA_TOKENS", "a=1\nb=2"));
        assertThat(child.waitFor()).isZero();
    }

    @Test
    void endsTheWholeFamily() throws Exception {
        Path pid = dir.resolve("pid");
        Child child = start("sh -c 'sleep 60 & echo $! > " + pid + "; wait'; true");
        await().until(() -> Files.exists(pid) && Files.readString(pid).endsWith("\n"));
        child.end(Duration.ofSeconds(5));
        long sleeper = Long.parseLong(Files.readString(pid).strip());
        await().until(() -> !runs(sleeper));
    }

    @Test
    void killsWhoeverIgnoresTheFirstAsking() throws Exception {
        Path ready = dir.resolve("ready");
        Child child = start("trap '' TERM; touch " + ready + "; while :; do sleep 0.05; done");
        await().until(() -> Files.exists(ready));
        child.end(Duration.ofMillis(200));
        assertThat(child.waitFor()).isEqualTo(137);
    }

    @Test
    void aCommandThatIsNotThereIsToldFromOneThatCannotBeExecuted() throws Exception {
        Path file = Files.writeString(dir.resolve("plain"), "x");
        assertThatThrownBy(() -> CommandFinder.require("no-such-command-here", around))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NOT_FOUND));
        assertThatThrownBy(() -> CommandFinder.require(file.toString(), around))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NOT_EXECUTABLE));
        assertThatThrownBy(() -> CommandFinder.require("", around)).isInstanceOf(CliException.class);
        CommandFinder.require("sh", around);
    }

    /** Not a zombie either: in a container without an init nobody may reap it. */
    private static boolean runs(long pid) throws java.io.IOException {
        Path stat = Path.of("/proc/" + pid + "/stat");
        return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
    }

    private static Child start(String script) {
        return Child.start(List.of("sh", "-c", script), Map.of());
    }
}
