package io.bumba.lock;

import java.util.Map;

/**
 * One of those that block a wait for a territory, with what proves it: as long as the znodes have these versions it does.
 *
 * @param agent who is in the way
 * @param what the territory or file in words, for {@link DeadlockLink}
 * @param proof znodes and their data versions; -1 for one that need only exist
 */
public record Obstacle(String agent, String what, Map<String, Integer> proof) {
    public Obstacle {
        proof = Map.copyOf(proof);
    }
}
