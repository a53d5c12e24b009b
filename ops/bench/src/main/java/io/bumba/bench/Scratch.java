package io.bumba.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories that last as long as a run. */
final class Scratch {
    private Scratch() {}

    static Path newDirectory(Path data) {
        try {
            Files.createDirectories(data);
            return Files.createTempDirectory(data, "bench-");
        } catch (IOException e) {
            throw new BenchException("cannot make a directory below " + data, e);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new BenchException("cannot delete " + directory, e);
        }
    }
}
