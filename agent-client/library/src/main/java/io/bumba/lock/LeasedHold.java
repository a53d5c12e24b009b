package io.bumba.lock;

import io.bumba.path.RepoPath;
import java.time.Duration;

/**
 * Somebody who holds a file for a limited time, as last seen.
 *
 * @param contender the name of the contender's znode, which no other ever has
 * @param changed the zxid of the last change of that node: another one means that the lease began anew
 * @param version of that node's data
 * @param lease the longest that it may be held, from the grant or from that change
 */
public record LeasedHold(
        RepoPath path,
        String agent,
        LockMode mode,
        FencingToken token,
        String contender,
        long changed,
        int version,
        Duration lease) {}
