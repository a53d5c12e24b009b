package io.bumba.territory;

import io.bumba.lock.Claim;
import io.bumba.lock.LockEntry;
import io.bumba.path.RepoPath;
import java.util.List;
import java.util.Optional;

/**
 * Who may do what with one file, and why.
 *
 * @param agent whom the answer is for; empty for one that owns nothing and was admitted nowhere
 * @param claims the territories that the file lies in, with the pattern that says so
 * @param writes whether an exclusive lock may be asked for
 * @param reads whether a shared lock may be asked for
 * @param lock who holds the file and who waits for it
 */
public record Explanation(
        RepoPath path,
        Optional<String> agent,
        List<TerritoryClaim> claims,
        Verdict writes,
        Verdict reads,
        LockEntry lock) {
    /**
     * A territory that the file lies in.
     *
     * @param pattern that matches it
     * @param state of the territory
     * @param admits whether the agent works inside
     */
    public record TerritoryClaim(Claim claim, String pattern, TerritoryState state, boolean admits) {}

    /**
     * Whether the territories allow a lock.
     *
     * @param by the one that forbids it
     */
    public record Verdict(boolean allowed, String why, Optional<Claim> by) {}
}
