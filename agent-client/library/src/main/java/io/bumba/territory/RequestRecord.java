package io.bumba.territory;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bumba.path.PathPatterns;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The JSON of a place among those who wait for territories.
 *
 * @param territory the id that it will have
 * @param blockers what is in its way besides territories: locks, and earlier requests
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record RequestRecord(
        String agent,
        String title,
        String territory,
        TerritoryType type,
        PathPatterns patterns,
        Optional<String> parent,
        Instant since,
        List<Blocker> blockers) {
    /**
     * Something in the way.
     *
     * @param node the znode, which goes when it does
     */
    record Blocker(String agent, String what, String node) {}

    RequestRecord {
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(patterns, "patterns");
        Objects.requireNonNull(territory, "territory");
        blockers = blockers == null ? List.of() : List.copyOf(blockers);
    }

    RequestRecord behind(List<Blocker> now) {
        return new RequestRecord(agent, title, territory, type, patterns, parent, since, now);
    }
}
