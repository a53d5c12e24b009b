package io.bumba.territory;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bumba.BumbaException;
import io.bumba.agent.AgentRecord;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.zk.Codec;
import io.bumba.zk.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What may be claimed, and by whom; the JSON of the workspace's {@code /policy}. A coordinator writes it from its
 * configuration; without one the defaults hold.
 *
 * @param allowOverBroad whether a pattern may cover everything; null takes false
 * @param maxPatterns the most patterns of one territory, 1 to {@link PathPatterns#MAX_PATTERNS}; null takes that
 * @param maxTerritoriesPerAgent the most territories of one agent; null takes {@link #TERRITORIES_PER_AGENT}
 * @param maxClaimsPerAgent the most patterns that one agent claims in all its territories; null takes {@link
 *     #CLAIMS_PER_AGENT}
 * @param maxTerritories the most territories of the workspace; null takes {@link #TERRITORIES}
 * @param areas who may claim in some areas; elsewhere everybody may
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Policy(
        @Nullable Boolean allowOverBroad,
        @Nullable Integer maxPatterns,
        @Nullable Integer maxTerritoriesPerAgent,
        @Nullable Integer maxClaimsPerAgent,
        @Nullable Integer maxTerritories,
        @Nullable List<Area> areas) {
    public static final int TERRITORIES_PER_AGENT = 50;
    public static final int CLAIMS_PER_AGENT = 5_000;
    /** Their names fit into one listing. */
    public static final int TERRITORIES = 10_000;

    public static final Policy DEFAULT = new Policy(null, null, null, null, null, null);

    /**
     * Who may claim in an area. Both rules must be met.
     *
     * @param name for messages
     * @param patterns the area
     * @param capabilities the agent must have one of them; empty or null for any agent
     * @param departments the agent must be of one of them; empty or null for any agent
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Area(
            String name,
            PathPatterns patterns,
            @Nullable Set<String> capabilities,
            @Nullable Set<String> departments) {
        public Area {
            if (name == null || name.isBlank()) {
                throw new IllegalArgumentException("an area of the policy without a name; give it one");
            }
            if (patterns == null) {
                throw new IllegalArgumentException("area '" + name + "' of the policy has no patterns");
            }
            capabilities = capabilities == null ? Set.of() : Set.copyOf(capabilities);
            departments = departments == null ? Set.of() : Set.copyOf(departments);
        }

        private boolean admits(AgentRecord agent) {
            boolean capable = capabilities == null
                    || capabilities.isEmpty()
                    || agent.capabilities().stream().anyMatch(capabilities::contains);
            boolean employed = departments == null || departments.isEmpty() || departments.contains(agent.department());
            return capable && employed;
        }

        private String demands() {
            return (capabilities == null || capabilities.isEmpty()
                            ? ""
                            : " one of the capabilities " + new TreeSet<>(capabilities))
                    + (departments == null || departments.isEmpty()
                            ? ""
                            : " an agent of the departments " + new TreeSet<>(departments));
        }
    }

    public Policy {
        atLeastOne("maxPatterns", maxPatterns, PathPatterns.MAX_PATTERNS);
        atLeastOne("maxTerritoriesPerAgent", maxTerritoriesPerAgent, TERRITORIES);
        atLeastOne("maxClaimsPerAgent", maxClaimsPerAgent, TERRITORIES * 10);
        atLeastOne("maxTerritories", maxTerritories, TERRITORIES);
        areas = areas == null ? List.of() : List.copyOf(areas);
    }

    /** @throws BumbaException UNSUPPORTED for one that this version cannot read: nothing is claimed beside it */
    static Policy read(Optional<Node> node) {
        return node.map(n -> Codec.decode(n.data(), Policy.class)
                        .value()
                        .orElseThrow(() -> new BumbaException(
                                BumbaException.Code.UNSUPPORTED,
                                "the policy of this workspace cannot be read by this version, and nothing is claimed beside"
                                        + " it; use the version that wrote it")))
                .orElse(DEFAULT);
    }

    private static void atLeastOne(String name, @Nullable Integer value, int most) {
        if (value != null && (value < 1 || value > most)) {
            throw new IllegalArgumentException(name + " " + value + " of the policy is not in 1.." + most);
        }
    }

    /** The rule that forbids the territory, if one does. Pure. */
    Optional<Hindrance> forbids(AgentRecord agent, TerritoryRecord wanted, Atlas atlas) {
        if (atlas.size() >= or(maxTerritories, TERRITORIES)) {
            return rule(
                    "maxTerritories",
                    "the workspace has " + atlas.size() + " territories, the limit is "
                            + or(maxTerritories, TERRITORIES));
        }
        return forbidsTaking(agent, wanted.patterns(), atlas);
    }

    /** The same for a territory that the agent takes over from another. */
    Optional<Hindrance> forbidsTaking(AgentRecord agent, PathPatterns patterns, Atlas atlas) {
        String taker = agent.id().value();
        int own = atlas.ownedBy(taker).size();
        if (own >= or(maxTerritoriesPerAgent, TERRITORIES_PER_AGENT)) {
            return rule(
                    "maxTerritoriesPerAgent",
                    agent.id() + " has " + own + " territories, the limit is "
                            + or(maxTerritoriesPerAgent, TERRITORIES_PER_AGENT) + "; release or resize one");
        }
        return forbids(agent, patterns, atlas.claimsOf(taker));
    }

    /** The same for the patterns alone, as for a resize. */
    Optional<Hindrance> forbids(AgentRecord agent, PathPatterns patterns, int claimedBesides) {
        int most = or(maxPatterns, PathPatterns.MAX_PATTERNS);
        if (patterns.size() > most) {
            return rule(
                    "maxPatterns",
                    patterns.size() + " patterns, the limit of one territory is " + most + "; claim a directory");
        }
        int claims = claimedBesides + patterns.size();
        if (claims > or(maxClaimsPerAgent, CLAIMS_PER_AGENT)) {
            return rule(
                    "maxClaimsPerAgent",
                    agent.id() + " would claim " + claims + " patterns, the limit is "
                            + or(maxClaimsPerAgent, CLAIMS_PER_AGENT));
        }
        if (!Boolean.TRUE.equals(allowOverBroad)) {
            for (PathPattern pattern : patterns) {
                if (pattern.isOverBroad()) {
                    return rule(
                            "allowOverBroad",
                            pattern.value() + " claims everything; claim the directories that the work needs");
                }
            }
        }
        for (Area area : areas == null ? List.<Area>of() : areas) {
            Optional<PathPatterns.Meeting> meeting = patterns.meets(area.patterns());
            if (meeting.isPresent() && !area.admits(agent)) {
                return rule(
                        "area " + area.name(),
                        meeting.get().mine().value() + " reaches into "
                                + meeting.get().theirs().value()
                                + ", which needs" + area.demands() + "; " + agent.id() + " is of department "
                                + agent.department() + " with capabilities " + agent.capabilities());
            }
        }
        return Optional.empty();
    }

    private static int or(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    private static Optional<Hindrance> rule(String name, String why) {
        return Optional.of(new Hindrance.Rule(name, why));
    }
}
