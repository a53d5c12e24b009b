package io.bumba.orchestrate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A program to run; immutable. Starts from {@link #of}. No shell reads its words.
 *
 * @param command the program and its arguments
 * @param directory where it runs; empty for where this process does
 * @param environment variables besides those of this process; ours ({@link CommandRunner}) win
 * @param output what becomes of what it prints
 * @param timeLimit after which it is ended; empty for none
 */
public record Program(
        List<String> command,
        Optional<Path> directory,
        Map<String, String> environment,
        Output output,
        Optional<Duration> timeLimit) {
    /** The longest limit that is accepted; a longer one is a mistake of units. */
    public static final Duration MAX_TIME_LIMIT = Duration.ofDays(7);

    /** What becomes of what a program prints. */
    public sealed interface Output {
        /** Stdin, stdout and stderr are those of this process. */
        record Inherit() implements Output {}

        /**
         * Kept, each of stdout and stderr up to a limit; the rest is read and counted, not kept. Stdin is empty.
         *
         * @param maxOutputBytes the limit, 1 to {@link #MAX_OUTPUT_BYTES}
         */
        record Capture(int maxOutputBytes) implements Output {
            public static final int MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
            public static final int DEFAULT_OUTPUT_BYTES = 1024 * 1024;

            public Capture {
                if (maxOutputBytes < 1 || maxOutputBytes > MAX_OUTPUT_BYTES) {
                    throw new IllegalArgumentException("maxOutputBytes " + maxOutputBytes + " is not in 1.."
                            + MAX_OUTPUT_BYTES + " (MAX_OUTPUT_BYTES); let the program write a file");
                }
            }
        }
    }

    public Program {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(output, "output");
        if (command.isEmpty() || command.get(0).isEmpty()) {
            throw new IllegalArgumentException("no program to run; give its name and arguments");
        }
        timeLimit.ifPresent(limit -> {
            if (limit.isNegative() || limit.isZero() || limit.compareTo(MAX_TIME_LIMIT) > 0) {
                throw new IllegalArgumentException(
                        "a time limit of " + limit + " is not between 0 and " + MAX_TIME_LIMIT + " (MAX_TIME_LIMIT)");
            }
        });
    }

    /** Its output is captured up to the default limit, and its time is not limited. */
    public static Program of(String... command) {
        return new Program(
                List.of(command),
                Optional.empty(),
                Map.of(),
                new Output.Capture(Output.Capture.DEFAULT_OUTPUT_BYTES),
                Optional.empty());
    }

    public Program in(Path newDirectory) {
        return new Program(command, Optional.of(newDirectory), environment, output, timeLimit);
    }

    public Program with(Map<String, String> newEnvironment) {
        return new Program(command, directory, newEnvironment, output, timeLimit);
    }

    public Program inheriting() {
        return new Program(command, directory, environment, new Output.Inherit(), timeLimit);
    }

    public Program capturing(int maxOutputBytes) {
        return new Program(command, directory, environment, new Output.Capture(maxOutputBytes), timeLimit);
    }

    public Program forAtMost(Duration newLimit) {
        return new Program(command, directory, environment, output, Optional.of(newLimit));
    }
}
