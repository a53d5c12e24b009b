package io.bumba.lock;

import io.bumba.path.Printable;
import java.time.Instant;
import java.util.Objects;

/**
 * The JSON of {@code /breaks/{token}}: a grant that somebody else ended, made by the transaction that ended it.
 *
 * @param path the file
 * @param agent whose grant it was; for a client that is not ours, a description of it
 * @param mode how the agent held the file
 * @param token the fencing token of the grant
 * @param by who ended it
 * @param reason why
 * @param at when, by the clock of the machine that did it, for display
 * @param act drawn anew for every act: by it the one who ended the grant knows, after a lost reply, that it was him
 */
public record BreakRecord(
        String path, String agent, LockMode mode, long token, String by, String reason, Instant at, String act) {
    public BreakRecord {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(act, "act");
    }

    /** What the one whose grant it was is told. */
    public String message() {
        return "it was ended by " + Printable.of(by) + ": " + Printable.of(reason);
    }
}
