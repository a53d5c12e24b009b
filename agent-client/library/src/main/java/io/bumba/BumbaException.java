package io.bumba;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Infrastructure failed: no server, no quorum, a limit, an unreadable record. Expected outcomes (a lock is held, a wait
 * timed out) are results, never this; misuse is {@link IllegalArgumentException} or {@link IllegalStateException}.
 * The message names the value, the rule and the next step.
 */
public final class BumbaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure, stable across versions and fit for {@code switch}. */
    public enum Code {
        /** No server answered, or no quorum. Nothing was granted; try again when it is back. */
        UNAVAILABLE,
        /** The session ended. Whatever it held is gone; register a new agent. */
        SESSION_LOST,
        /** A lock ended before its holder gave it back; what was done since is not protected. */
        LOCK_LOST,
        /** A release has not been confirmed yet; it goes on in the background until the node is gone. */
        RELEASE_UNCONFIRMED,
        /** A named limit would be passed. */
        LIMIT,
        /** The servers refused our identity. */
        NO_AUTH,
        /** A record that this version cannot read, or a feature that it does not know: nothing is granted beside it. */
        UNSUPPORTED,
        /** The tree is bound to another workspace or cluster. */
        WRONG_CLUSTER,
        /** A file or directory could not be read or written. */
        IO,
        /** The servers answered something that the protocol does not foresee. */
        PROTOCOL
    }

    private final Code code;

    public BumbaException(Code code, String message) {
        this(code, message, null);
    }

    public BumbaException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code);
    }

    /**
     * The same failure with the stack of the thread that asked; this one, with the stack of the thread that found out, is
     * its cause.
     */
    public BumbaException here() {
        return new BumbaException(code, String.valueOf(getMessage()), this);
    }

    public Code code() {
        return code;
    }
}
