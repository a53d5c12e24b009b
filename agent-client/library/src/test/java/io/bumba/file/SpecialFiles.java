package io.bumba.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** Makes files that Java cannot. */
final class SpecialFiles {
    private SpecialFiles() {}

    static void fifo(Path path) throws IOException, InterruptedException {
        run("mkfifo", path.toString());
    }

    /** A name whose bytes are not UTF-8, which no Java string can say. */
    static void directoryNamedByByte0xff(Path parent) throws IOException, InterruptedException {
        run("sh", "-c", "mkdir \"$1/$(printf '\\377')\"", "sh", parent.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }
}
