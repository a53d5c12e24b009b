package io.bumba.orchestrate;

import java.util.Objects;
import java.util.Optional;

/** How a command in this process ended. Everything that is expected to happen is one of these. */
public sealed interface CommandResult<T> {
    /** One line for a person or an agent. */
    String message();

    /** What the command came to; empty unless it is {@link Finished}. */
    default Optional<T> value() {
        return Optional.empty();
    }

    /** It returned, and its agent and what it held stood until then. */
    record Finished<T>(T result) implements CommandResult<T> {
        public Finished {
            Objects.requireNonNull(result, "a command returned null; return a value");
        }

        @Override
        public Optional<T> value() {
            return Optional.of(result);
        }

        @Override
        public String message() {
            return "the command is finished";
        }
    }

    /** It threw, and its agent and what it held stood until then. */
    record Failed<T>(Exception exception) implements CommandResult<T> {
        @Override
        public String message() {
            return "the command failed: " + exception;
        }
    }

    /**
     * Its locks or its territory were not to be had: it never started.
     *
     * @param why who is in the way
     */
    record Refused<T>(String why) implements CommandResult<T> {
        @Override
        public String message() {
            return "the command did not start: " + why;
        }
    }

    /**
     * Its agent or what it held ended while it ran, or it cannot be known that they did not.
     *
     * @param why what was lost
     * @param unprotected what the command came to without that
     */
    record Lost<T>(String why, CommandResult<T> unprotected) implements CommandResult<T> {
        @Override
        public String message() {
            return "the command is not to be trusted: " + why;
        }
    }
}
