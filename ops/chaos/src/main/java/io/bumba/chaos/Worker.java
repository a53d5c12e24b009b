package io.bumba.chaos;

import io.bumba.testkit.Jvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * One worker's process.
 *
 * @param name of its place and which one it is there
 * @param jvm the process
 * @param history what it writes down
 */
record Worker(String name, Jvm jvm, Path history) {
    private static final Duration START = Duration.ofSeconds(60);

    void awaitReady() {
        String ignored = jvm.awaitLine("ready", START);
    }

    /** The session of the agent that registered last. */
    OptionalLong session() {
        return jvm.lines().stream()
                .filter(line -> line.startsWith("session "))
                .mapToLong(line -> Long.parseLong(line.substring("session ".length())))
                .reduce((earlier, later) -> later);
    }
}
