package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.util.Objects;
import java.util.Optional;

/**
 * An operator's order to end what others hold. Start from {@link #of} and refine.
 *
 * @param path the file
 * @param by who orders it, for the record; 1 to {@value #MAX_BY} characters, one line
 * @param reason why, for the record and for the holder; 1 to {@value LockOptions#MAX_REASON} characters, one line
 * @param token only the grant with this token; empty for everybody who holds the file
 * @param foreign whether it means the stock {@code InterProcessMutex} that blocks the file, and not our holders
 */
public record BreakRequest(RepoPath path, String by, String reason, Optional<FencingToken> token, boolean foreign) {
    public static final int MAX_BY = 64;

    public BreakRequest {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(token, "token");
        OneLine.requireSaid("by", by, "MAX_BY", MAX_BY);
        OneLine.requireSaid("reason", reason, "MAX_REASON", LockOptions.MAX_REASON);
    }

    /** Ends what everybody holds of the file. */
    public static BreakRequest of(RepoPath path, String by, String reason) {
        return new BreakRequest(path, by, reason, Optional.empty(), false);
    }

    /** Ends only the grant with this token, and no successor's. */
    public BreakRequest only(FencingToken onlyThis) {
        return new BreakRequest(path, by, reason, Optional.of(onlyThis), foreign);
    }

    /** Removes the node of the stock mutex that holds the file: the first of them, should several stand in line. */
    public BreakRequest foreignMutex() {
        return new BreakRequest(path, by, reason, token, true);
    }
}
