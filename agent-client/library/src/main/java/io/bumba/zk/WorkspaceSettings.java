package io.bumba.zk;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What all agents of a workspace share; the JSON of {@code /workspaces/{ws}}. A coordinator writes it at start from its
 * configuration; a library that comes first writes the defaults.
 *
 * @param caseInsensitive whether {@code A} and {@code a} are the same file
 * @param maxConcurrentAgents how many agents may be registered at once in the cluster; 1 to 100,000
 * @param fileLockTimeoutMillis how long a lock is waited for when the request does not say; 0 to 7 days
 * @param ageingMillis after each such time a waiter is raised by one priority; 100 ms to 7 days; null takes the default
 * @param territoryTimeoutMillis how long a territory is kept for its owner when the owner's session has ended and the request
 *     does not say; 0 to 7 days; null takes 0
 * @param departments the department of a type of agent, the type in lower case
 */
public record WorkspaceSettings(
        boolean caseInsensitive,
        int maxConcurrentAgents,
        long fileLockTimeoutMillis,
        @Nullable Long ageingMillis,
        @Nullable Long territoryTimeoutMillis,
        Map<String, String> departments) {
    private static final long DEFAULT_AGEING_MILLIS = 30_000;

    public static final WorkspaceSettings DEFAULT = new WorkspaceSettings(
            false,
            1_000,
            30_000,
            DEFAULT_AGEING_MILLIS,
            0L,
            Map.of(
                    "engineer", "technical",
                    "developer", "technical",
                    "tester", "technical",
                    "reviewer", "technical",
                    "designer", "design",
                    "product", "strategic",
                    "strategist", "strategic",
                    "strategy", "strategic"));

    public WorkspaceSettings {
        if (maxConcurrentAgents < 1 || maxConcurrentAgents > 100_000) {
            throw new IllegalArgumentException("maxConcurrentAgents " + maxConcurrentAgents + " is not in 1..100000");
        }
        if (fileLockTimeoutMillis < 0
                || fileLockTimeoutMillis > Duration.ofDays(7).toMillis()) {
            throw new IllegalArgumentException(
                    "fileLockTimeout of " + fileLockTimeoutMillis + " ms is not between 0 and 7 days");
        }
        ageingMillis = ageingMillis == null ? DEFAULT_AGEING_MILLIS : ageingMillis;
        if (ageingMillis < 100 || ageingMillis > Duration.ofDays(7).toMillis()) {
            throw new IllegalArgumentException("ageing of " + ageingMillis + " ms is not between 100 ms and 7 days");
        }
        territoryTimeoutMillis = territoryTimeoutMillis == null ? 0L : territoryTimeoutMillis;
        if (territoryTimeoutMillis < 0
                || territoryTimeoutMillis > Duration.ofDays(7).toMillis()) {
            throw new IllegalArgumentException(
                    "territoryTimeout of " + territoryTimeoutMillis + " ms is not between 0 and 7 days");
        }
        departments = Map.copyOf(new TreeMap<>(departments));
    }

    @JsonIgnore
    public Duration fileLockTimeout() {
        return Duration.ofMillis(fileLockTimeoutMillis);
    }

    @JsonIgnore
    public Duration territoryTimeout() {
        return Duration.ofMillis(Objects.requireNonNull(territoryTimeoutMillis));
    }

    @JsonIgnore
    public Duration ageing() {
        return Duration.ofMillis(Objects.requireNonNull(ageingMillis));
    }
}
