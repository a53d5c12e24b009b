package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StartScriptTest {
    @TempDir
    private Path dir = Path.of("");

    private Machine machine = new Machine(Path.of("target"));

    @BeforeEach
    void newMachine() {
        machine = new Machine(dir);
    }

    @Test
    void worksThroughLinksFromAnyDirectory() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("direct link"), Machine.BUMBA);
        Path relative = Files.createSymbolicLink(dir.resolve("link"), Path.of("direct link"));
        try (Running version = Running.start(machine.inProject(List.of(relative.toString(), "--version")))) {
            assertThat(version.exitCode()).as(version.said()).isZero();
            assertThat(version.out()).isEqualTo("bumba 0.1.0\n");
        }
        assertThat(link).exists();
    }

    @Test
    void worksInAPlaceWithSpacesAndTwoAtOnceDoNotDisturbEachOther() throws IOException {
        Path copy = Files.createDirectories(dir.resolve("a place with spaces"));
        for (String file : List.of(
                "ops/bin/bumba",
                "agent-client/cli/target/bumba-cli-0.1.0-all.jar",
                "coordinator/target/bumba-coordinator-0.1.0-all.jar")) {
            Files.createDirectories(copy.resolve(file).getParent());
            Files.copy(Machine.REPOSITORY.resolve(file), copy.resolve(file));
        }
        Files.setPosixFilePermissions(
                copy.resolve("ops/bin/bumba"), java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        List<Running> several = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            several.add(Running.start(
                    machine.inProject(List.of(copy.resolve("ops/bin/bumba").toString(), "--version"))));
        }
        for (Running each : several) {
            assertThat(each.exitCode()).as(each.said()).isZero();
            assertThat(each.out()).isEqualTo("bumba 0.1.0\n");
            each.close();
        }
    }

    @Test
    void withoutAJdkItSaysWhatToInstall() {
        ProcessBuilder builder = machine.command("status");
        builder.environment().put("JAVA_HOME", "/no/such/jdk");
        try (Running run = Running.start(builder)) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("JAVA_HOME", "JDK 17").hasLineCount(1);
        }
    }

    @Test
    void namesThatAreNotAsciiSurviveALocaleThatKnowsNone() {
        ProcessBuilder builder = machine.command("--data", "/nirgends/größe", "status");
        builder.environment().put("LC_ALL", "C");
        try (Running run = Running.start(builder)) {
            assertThat(run.exitCode()).isEqualTo(4);
            assertThat(run.err()).contains("/nirgends/größe");
        }
    }
}
