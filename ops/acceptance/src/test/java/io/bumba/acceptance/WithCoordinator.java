package io.bumba.acceptance;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One coordinator and one bound project for all tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WithCoordinator {
    private Machine machine = new Machine(Path.of("target"));
    private Running coordinator = Running.none();

    @BeforeAll
    void start(@TempDir Path dir) {
        machine = new Machine(dir);
        coordinator = machine.up();
        try (Running init = machine.run("init")) {
            if (init.exitCode() != 0) {
                throw new AssertionError(init.said());
            }
        }
    }

    @AfterAll
    void stop() {
        coordinator.close();
    }

    final Machine machine() {
        return machine;
    }

    /** A command that holds the file until it is closed. */
    final Running holding(String path, String... more) {
        String[] words = new String[8 + more.length];
        words[0] = "run";
        words[1] = "--lock";
        words[2] = path;
        System.arraycopy(more, 0, words, 3, more.length);
        int end = 3 + more.length;
        words[end] = "--";
        words[end + 1] = "sh";
        words[end + 2] = "-c";
        words[end + 3] = "echo holding; read line";
        words[end + 4] = "sh";
        return machine.start(words).awaitOut("holding");
    }
}
