package io.bumba.territory;

import io.bumba.lock.Claim;
import io.bumba.path.PathPattern;

/**
 * A territory as some version of the ledger has it.
 *
 * @param version of the data of its znode
 * @param seenAt when this process first saw this version, by its monotonic clock, in nanoseconds
 */
record Territory(String id, TerritoryRecord record, int version, long seenAt) {
    /** Whether the agent works inside. */
    boolean admits(String agent) {
        return record.admits(agent);
    }

    Claim claim(PathPattern pattern) {
        return new Claim(id, record.title(), record.type().name(), record.owner(), record.since(), pattern.value());
    }
}
