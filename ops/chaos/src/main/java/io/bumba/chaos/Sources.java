package io.bumba.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The library's own sources, from the repository that this runs in. */
final class Sources {
    private static final Path LIBRARY = Path.of("agent-client", "library", "src", "main", "java");

    private Sources() {}

    /** The directory of the library's packages: below {@code BUMBA_HOME}, or a directory above the present one. */
    static Path find() {
        String home = System.getenv("BUMBA_HOME");
        Path from = Path.of(home == null ? "" : home).toAbsolutePath();
        return Stream.iterate(from, at -> at != null, Path::getParent)
                .map(at -> at.resolve(LIBRARY))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + LIBRARY + " at or above " + from));
    }
}
