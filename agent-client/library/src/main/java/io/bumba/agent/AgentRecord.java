package io.bumba.agent;

import java.time.Instant;
import java.util.NavigableSet;
import java.util.Optional;

/**
 * What everybody can read of an agent; the JSON of its znode.
 *
 * @param machine the host name, for people
 * @param pid the process on that machine
 * @param registeredAt by the agent's clock, for display
 * @param lastActivity by the agent's clock, for display; at most five seconds behind
 */
public record AgentRecord(
        AgentId id,
        String type,
        String name,
        String department,
        String role,
        NavigableSet<String> capabilities,
        NavigableSet<String> permissions,
        AgentStatus status,
        Optional<AgentId> parent,
        boolean temporary,
        String machine,
        long pid,
        Instant registeredAt,
        Instant lastActivity) {}
