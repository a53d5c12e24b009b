package io.bumba.bench;

/**
 * The proof that a contended lock excluded.
 *
 * @param lock whose
 * @param servers how many ZooKeeper servers
 * @param grants how often it was granted
 * @param counted what the counter under it says
 */
record Exclusion(String lock, int servers, long grants, long counted) {
    /** @throws BenchException when an increment was lost */
    Exclusion {
        if (grants != counted) {
            throw new BenchException(
                    lock + " does not exclude: " + grants + " grants, but the counter under it says " + counted);
        }
    }
}
