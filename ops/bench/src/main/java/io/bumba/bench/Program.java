package io.bumba.bench;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server that is no JVM, in a process of its own, which ends with this object or with this process. */
public final class Program implements AutoCloseable {
    /** Standard input ends when we do. */
    private static final String UNTIL_WE_END = "\"$@\" & child=$!; read -r never; kill \"$child\"; wait \"$child\"";

    private static final Duration START = Duration.ofSeconds(30);

    private final Process process;

    private Program(Process process) {
        this.process = process;
    }

    /** Where the command is on PATH. */
    public static Optional<Path> find(String command) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, command))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts the command, its output in {@code server.log} of the directory; waits until the port answers. */
    public static Program start(Path directory, int port, List<String> command) {
        List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", UNTIL_WE_END, "sh"));
        all.addAll(command);
        Path log = directory.resolve("server.log");
        try {
            Files.createDirectories(directory);
            Process process = new ProcessBuilder(all)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Program program = new Program(process);
            try {
                await(command.get(0) + " serves").atMost(START).until(() -> serves(port) || !process.isAlive());
                if (!process.isAlive()) {
                    throw new BenchException(command.get(0) + " ended at once: " + Files.readString(log));
                }
                return program;
            } catch (RuntimeException e) {
                program.close();
                throw e;
            }
        } catch (IOException e) {
            throw new BenchException("cannot start " + command.get(0), e);
        }
    }

    @Override
    public void close() {
        Attempt.to("end a server", () -> {
            process.getOutputStream().close();
            if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return process;
        });
    }

    private static boolean serves(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
