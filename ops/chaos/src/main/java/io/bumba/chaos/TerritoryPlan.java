package io.bumba.chaos;

/**
 * A crowd that asks for territories all at once.
 *
 * @param processes how many
 * @param mortal how many of them are killed in the middle
 * @param agents of all of them together
 * @param modules how many modules there are to ask for
 * @param rounds how many requests each agent makes
 */
record TerritoryPlan(long seed, int processes, int mortal, int agents, int modules, int rounds) {
    TerritoryPlan {
        if (processes < 1 || mortal < 0 || mortal >= processes || agents < processes || rounds < 1) {
            throw new IllegalArgumentException("one process at least must live, with an agent and a request");
        }
    }

    static TerritoryPlan usual(long seed) {
        return new TerritoryPlan(seed, 5, 2, 1_000, 60, 2);
    }
}
