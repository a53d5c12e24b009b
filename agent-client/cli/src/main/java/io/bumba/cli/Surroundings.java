package io.bumba.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param env the environment variables
 * @param cwd where the user stands, absolute
 */
record Surroundings(Map<String, String> env, Path cwd) {
    Surroundings {
        env = Map.copyOf(env);
    }

    static Surroundings ofProcess() {
        return new Surroundings(System.getenv(), Path.of("").toAbsolutePath());
    }

    /** The variable, or empty text when it is unset. */
    String variable(String name) {
        return env.getOrDefault(name, "");
    }
}
