package io.bumba.chaos;

import java.util.List;

/**
 * Races in pairs.
 *
 * @param workspaces how many ledgers there are, for one lets one change at a time through
 * @param races how many in each
 * @param atOnce how many in each at a time
 * @param kinds what they are
 */
record RacePlan(long seed, int workspaces, int races, int atOnce, List<RaceKind> kinds) {
    RacePlan {
        kinds = List.copyOf(kinds);
        if (workspaces < 1 || races < 1 || atOnce < 1 || kinds.isEmpty()) {
            throw new IllegalArgumentException("no races");
        }
    }

    /** @param all about how many in all workspaces together */
    static RacePlan usual(long seed, int all) {
        return new RacePlan(seed, 12, (all + 11) / 12, 2, List.of(RaceKind.values()));
    }
}
