package io.bumba.orchestrate;

import io.bumba.territory.AllocateResult;
import io.bumba.territory.Conflict;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How a sprint ended. Everything that is expected to happen is one of these. */
public sealed interface SprintResult<T> {
    /** One line for a person or an agent. */
    String message();

    /** What the sprint came to; empty unless it is {@link Finished}. */
    default Optional<T> value() {
        return Optional.empty();
    }

    /** The sprint returned, and the territory was its own until then. */
    record Finished<T>(T result) implements SprintResult<T> {
        public Finished {
            Objects.requireNonNull(result, "a sprint returned null; return a value");
        }

        @Override
        public Optional<T> value() {
            return Optional.of(result);
        }

        @Override
        public String message() {
            return "the sprint is finished";
        }
    }

    /** The sprint threw, and the territory was its own until then. */
    record Failed<T>(Exception exception) implements SprintResult<T> {
        @Override
        public String message() {
            return "the sprint failed: " + exception;
        }
    }

    /** There was no territory for it: it never started. */
    record Blocked<T>(AllocateResult why) implements SprintResult<T> {
        public Blocked {
            if (why.grant().isPresent()) {
                throw new IllegalArgumentException("a sprint that has territory is not blocked");
            }
        }

        /** Who is in the way; empty when it is a rule, a deadlock or the end of the session. */
        public List<Conflict> conflicts() {
            return why instanceof AllocateResult.Conflicting conflicting ? conflicting.conflicts() : List.of();
        }

        @Override
        public String message() {
            return "the sprint did not start: " + why.message();
        }
    }

    /**
     * The territory, or the lead, ended while it ran, or it cannot be known that they did not: others may have worked in the
     * same files. Look at them before the work is taken or repeated.
     *
     * @param why what was lost
     * @param unprotected what the sprint came to without that
     */
    record Lost<T>(String why, SprintResult<T> unprotected) implements SprintResult<T> {
        @Override
        public String message() {
            return "the sprint is not to be trusted: " + why;
        }
    }
}
