package io.bumba.event;

import io.bumba.path.RepoPath;
import java.time.Instant;

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

    /** The connection's session changed its state. */
    record SessionChanged(Instant time, String state) implements Event {}
}
