package io.bumba.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The processes that the demo started and the directory it made; both are gone after {@link #close}. Thread-safe. */
final class DemoProcesses implements AutoCloseable {
    private final Path directory;
    private final boolean keep;
    private final List<Process> started = new ArrayList<>();
    private boolean closed;

    DemoProcesses(Path directory, boolean keep) {
        this.directory = directory;
        this.keep = keep;
    }

    /** @throws IOException when it cannot be started, or the demo is ending already */
    synchronized Process start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new IOException("the demo is ending");
        }
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** Kills what still runs, the youngest first, then removes the directory. Again, it does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (int i = started.size() - 1; i >= 0; i--) {
            started.get(i).destroyForcibly();
        }
        started.forEach(DemoProcesses::awaitEnd);
        if (!keep) {
            remove();
        }
    }

    private static void awaitEnd(Process process) {
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void remove() {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("bumba: " + directory + " could not be removed (" + e + "); remove it by hand");
        }
    }
}
