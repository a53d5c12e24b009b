package io.bumba.territory;

import io.bumba.lock.DeadlockLink;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The answer to a request for a territory, or for a change of one. Everything that is expected to happen is one of these;
 * whole or not at all.
 */
public sealed interface AllocateResult {
    /** One line for a person or an agent. */
    String message();

    /** The territory, or empty when there is none. */
    default Optional<TerritoryGrant> grant() {
        return Optional.empty();
    }

    /**
     * The territory.
     *
     * @throws TerritoryRefusedException with {@link #message()} when there is none
     */
    default TerritoryGrant orElseThrow() {
        return grant().orElseThrow(() -> new TerritoryRefusedException(this));
    }

    /** It is claimed, all of it. */
    record Allocated(TerritoryGrant territory) implements AllocateResult {
        @Override
        public Optional<TerritoryGrant> grant() {
            return Optional.of(territory);
        }

        @Override
        public String message() {
            return "territory " + territory.id() + " is yours: "
                    + territory.patterns().size() + " patterns, " + territory.type();
        }
    }

    /**
     * Others are in the way, and nothing is claimed.
     *
     * @param conflicts who; at most {@link #MAX_SHOWN}, the rest is counted in {@code more}
     * @param more how many others are in the way
     * @param free the largest part of what was asked for that is free, as patterns; as last seen
     * @param waited whether a wait for it ended first
     * @param place the place among all who waited for territories when it ended, 1 for the first; 0 without one
     */
    record Conflicting(List<Conflict> conflicts, int more, List<String> free, boolean waited, int place)
            implements AllocateResult {
        /** How many conflicts one answer names. */
        public static final int MAX_SHOWN = 20;

        private static final String NEXT = "; ask for that, wait for all of it, or ask the owners";

        public Conflicting {
            conflicts = List.copyOf(conflicts);
            free = List.copyOf(free);
        }

        @Override
        public String message() {
            return (waited ? "gave up waiting" + (place == 0 ? "" : " at place " + place) + ": " : "not allocated: ")
                    + conflicts.stream().map(Conflict::message).collect(Collectors.joining("; "))
                    + (more == 0 ? "" : "; and " + more + " more")
                    + (free.isEmpty() ? "; nothing of it is free" : "; free are " + shown(free))
                    + (waited ? "" : free.isEmpty() ? "; wait for it, or ask the owners" : NEXT);
        }

        private static String shown(List<String> patterns) {
            return String.join(" ", patterns.subList(0, Math.min(MAX_SHOWN, patterns.size())))
                    + (patterns.size() > MAX_SHOWN ? " and " + (patterns.size() - MAX_SHOWN) + " more" : "");
        }
    }

    /** Agents waited for each other in a circle, and this request, the youngest of them, gave up. */
    record Deadlock(List<DeadlockLink> cycle) implements AllocateResult {
        public Deadlock {
            cycle = List.copyOf(cycle);
        }

        @Override
        public String message() {
            return "deadlock: "
                    + cycle.stream()
                            .map(link -> link.agent() + " waits for " + link.path() + " behind " + link.blocker())
                            .collect(Collectors.joining(", "))
                    + "; release what you hold, then ask for all at once";
        }
    }

    /**
     * A rule forbids it, whoever else is there.
     *
     * @param rule its name
     * @param why the rule, the value that breaks it, and the next step
     */
    record Rejected(String rule, String why) implements AllocateResult {
        @Override
        public String message() {
            return "refused by " + rule + ": " + why;
        }
    }

    /** The session, the agent or the territory ended before an answer. */
    record Lost(String why) implements AllocateResult {
        @Override
        public String message() {
            return "not allocated: " + why;
        }
    }
}
