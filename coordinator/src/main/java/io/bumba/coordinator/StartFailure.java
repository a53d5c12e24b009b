package io.bumba.coordinator;

import org.jspecify.annotations.Nullable;

/** A start that cannot go on, in words for a person: the value, the rule, the next step. Shown without a stack trace. */
final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why, and what the process answers to its parent. */
    enum Reason {
        FAILED(1),
        BAD_CONFIGURATION(2),
        PORT_TAKEN(4),
        DATA_DIRECTORY_IN_USE(5);

        private final int exitCode;

        Reason(int exitCode) {
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    private final Reason reason;

    StartFailure(Reason reason, String message) {
        this(reason, message, null);
    }

    StartFailure(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
