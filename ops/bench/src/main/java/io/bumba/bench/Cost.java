package io.bumba.bench;

/**
 * What one operation asks of the servers.
 *
 * @param writes durable writes per operation
 * @param reads reads per operation
 */
record Cost(double writes, double reads) {
    static Cost of(Counters done, long operations) {
        return new Cost((double) done.writes() / operations, (double) done.reads() / operations);
    }

    /** Others can only add to a count, so the smaller one is nearer to the truth. */
    Cost least(Cost other) {
        return new Cost(Math.min(writes, other.writes), Math.min(reads, other.reads));
    }
}
