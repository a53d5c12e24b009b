package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.time.Instant;

/**
 * Somebody in the line of a file, whether it holds it or waits for it there.
 *
 * @param agent its id; for a client that is not ours, a description of it
 * @param exclusive whether it holds, or is to hold, alone
 * @param since the servers' time since when it stands there
 * @param reason what it said it is for; empty if it said nothing
 * @param node the znode, which goes when it goes
 */
public record Occupant(RepoPath path, String agent, boolean exclusive, Instant since, String reason, String node) {}
