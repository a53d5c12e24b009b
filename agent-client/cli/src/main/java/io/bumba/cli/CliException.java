package io.bumba.cli;

import org.jspecify.annotations.Nullable;

/** Ends the command with a code and one line that names the value, the rule and the next step. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    CliException(ExitCode code, String message) {
        this(code, message, null);
    }

    CliException(ExitCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }
}
