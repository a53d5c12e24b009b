package io.bumba.agent;

import java.util.Locale;
import java.util.Optional;

/**
 * Which agents; an empty field matches all.
 *
 * @param department exact, ignoring case
 * @param capability one that the agent has
 * @param status exact
 */
public record AgentQuery(Optional<String> department, Optional<String> capability, Optional<AgentStatus> status) {
    public static AgentQuery all() {
        return new AgentQuery(Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static AgentQuery inDepartment(String department) {
        return new AgentQuery(Optional.of(department), Optional.empty(), Optional.empty());
    }

    public static AgentQuery withCapability(String capability) {
        return new AgentQuery(Optional.empty(), Optional.of(capability), Optional.empty());
    }

    public static AgentQuery withStatus(AgentStatus status) {
        return new AgentQuery(Optional.empty(), Optional.empty(), Optional.of(status));
    }

    public boolean matches(AgentRecord agent) {
        return department
                        .map(d -> d.toLowerCase(Locale.ROOT)
                                .equals(agent.department().toLowerCase(Locale.ROOT)))
                        .orElse(true)
                && capability.map(agent.capabilities()::contains).orElse(true)
                && status.map(s -> s == agent.status()).orElse(true);
    }
}
