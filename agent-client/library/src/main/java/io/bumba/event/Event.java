package io.bumba.event;

import io.bumba.path.RepoPath;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Something that happened (P16). Agents are named by id, tokens are zxids; the time is this machine's clock, for display:
 * what came first is told by the zxids.
 */
public sealed interface Event {
    Instant time();

    /** An agent was registered. */
    record AgentRegistered(Instant time, String agent, String department) implements Event {}

    /** An agent ended; {@code lost} when it did not do so itself. */
    record AgentEnded(Instant time, String agent, boolean lost, String why) implements Event {}

    /** A lock was granted; {@code count} is 1 for the first of nested grants. */
    record LockGranted(Instant time, String agent, RepoPath path, String mode, long token, int count)
            implements Event {}

    /** A lock was granted from memory, in the agent's own territory; its token is (base, counter). */
    record LocalGranted(Instant time, String agent, RepoPath path, String mode, long base, long counter, int count)
            implements Event {}

    /** A request ended without a grant: held, timed out, upgrade refused, cancelled. */
    record LockRefused(Instant time, String agent, RepoPath path, String mode, String outcome, String message)
            implements Event {}

    /** A holder holds otherwise than before, with no gap between; the token is the one from now on. */
    record LockConverted(Instant time, String agent, RepoPath path, String mode, long token) implements Event {}

    /** A holder waits no longer for its release: it begins here, and is confirmed by {@link LockReleased}. */
    record LockReleasing(Instant time, String agent, RepoPath path, long token) implements Event {}

    /** The contender is known to be gone. */
    record LockReleased(Instant time, String agent, RepoPath path, long token) implements Event {}

    /** A lock ended before its holder gave it back. */
    record LockLost(Instant time, String agent, RepoPath path, long token, String why) implements Event {}

    /** Somebody else ended a lock: an operator, or the leading coordinator when its lease was over. */
    record LockBroken(Instant time, String agent, RepoPath path, long token, String by, String reason)
            implements Event {}

    /** A MONITORED territory has recorded durably that an agent came for a file inside it. */
    record AccessRecorded(Instant time, String agent, RepoPath path, String mode, String territory) implements Event {}

    /** Something lies in a lock's node that is no contender. A stock mutex ({@code blocks}) keeps everybody out. */
    record ForeignNode(Instant time, RepoPath path, String node, boolean blocks) implements Event {}

    /** A territory is allocated. */
    record TerritoryAllocated(
            Instant time, String agent, String territory, String type, List<String> patterns, long zxid)
            implements Event {}

    /** A request for a territory ended without one: conflict, timed out, deadlock, refused by policy. */
    record TerritoryRefused(Instant time, String agent, String title, String outcome, String message)
            implements Event {}

    /** A territory has other patterns, another owner or other admitted agents; {@code what} says which. */
    record TerritoryChanged(Instant time, String agent, String territory, String what) implements Event {}

    /** The owner's session ended; the territory is kept for it for some time. */
    record TerritoryOrphaned(Instant time, String agent, String territory, Duration grace) implements Event {}

    /** An operator asked for the end of a territory. */
    record TerritoryRevoked(Instant time, String agent, String territory, String by, String reason) implements Event {}

    /** A territory ended: released, revoked, or its owner's session ended. */
    record TerritoryEnded(Instant time, String agent, String territory, String why) implements Event {}

    /** The connection's session changed its state. */
    record SessionChanged(Instant time, String state) implements Event {}
}
