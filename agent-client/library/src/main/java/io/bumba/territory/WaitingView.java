package io.bumba.territory;

import java.time.Instant;
import java.util.List;

/**
 * A request that waits for a territory, for displays.
 *
 * @param blockers the ids of the territories in its way
 */
public record WaitingView(
        String agent, String title, TerritoryType type, List<String> patterns, Instant since, List<String> blockers) {}
