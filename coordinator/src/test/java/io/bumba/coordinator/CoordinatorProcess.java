package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A coordinator in a JVM of its own. */
final class CoordinatorProcess implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private CoordinatorProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static CoordinatorProcess run(Path dir, String... args) throws IOException {
        return run(List.of(), dir, args);
    }

    /** @param wrapper what to start the JVM with, such as a shell that lowers a limit */
    static CoordinatorProcess run(List<String> wrapper, Path dir, String... args) throws IOException {
        Path out = Files.createTempFile(dir, "out", ".txt");
        Path err = Files.createTempFile(dir, "err", ".txt");
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                classpathWithoutTests(),
                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("BUMBA_"));
        return new CoordinatorProcess(
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
    }

    CoordinatorProcess awaitUp() {
        await().atMost(DEADLINE)
                .until(() -> !process.isAlive() || Files.readString(out).contains("Ctrl-C ends it."));
        assertThat(process.isAlive()).as(() -> "it ended: " + err()).isTrue();
        return this;
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("it ends")
                .isTrue();
        return process.exitValue();
    }

    /** SIGTERM. */
    CoordinatorProcess terminate() {
        process.destroy();
        return this;
    }

    /** SIGKILL. */
    CoordinatorProcess kill() {
        process.destroyForcibly();
        return this;
    }

    long pid() {
        return process.pid();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    static JsonNode runFile(Path data) throws IOException {
        return new ObjectMapper()
                .readTree(data.resolve("run").resolve("coordinator.json").toFile());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The test's own logging configuration must not decide what the process prints. */
    private static String classpathWithoutTests() {
        return String.join(
                File.pathSeparator,
                List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                        .filter(entry -> !entry.endsWith("test-classes"))
                        .toList());
    }
}
