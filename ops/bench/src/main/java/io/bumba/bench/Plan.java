package io.bumba.bench;

/**
 * How much is measured.
 *
 * @param rounds in how many rounds
 * @param alone operations in a round with one client
 * @param together operations of each client in a round with several
 * @param clients how many those are
 * @param handOvers grants of each client in a round of hand-overs
 * @param warmUp rounds of each kind before the first that counts
 */
record Plan(int rounds, int alone, int together, int clients, int handOvers, int warmUp) {
    static final int CLIENTS = 16;

    static Plan full() {
        return new Plan(100, 8, 3, CLIENTS, 8, 60);
    }

    static Plan quick() {
        return new Plan(5, 5, 2, CLIENTS, 2, 2);
    }

    Plan withRounds(int count) {
        return new Plan(count, alone, together, clients, handOvers, warmUp);
    }

    /** Fewer: one round of hand-overs takes as long as many others. */
    int handOverRounds() {
        return Math.max(2, rounds / 5);
    }

    int handOverWarmUp() {
        return Math.max(1, warmUp / 10);
    }

    int times(int clientsNow) {
        return clientsNow == 1 ? alone : together;
    }
}
