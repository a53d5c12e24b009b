package io.bumba.agent;

import java.util.List;
import java.util.Optional;

/** Reads who is registered. For displays and queries; decides nothing. Thread-safe. */
public final class Agents {
    /** The agents that match, by id. Records that this version cannot read are left out and logged. */
    public List<AgentRecord> list(AgentQuery query) {
        throw new UnsupportedOperationException("stub " + query);
    }

    public Optional<AgentRecord> find(AgentId id) {
        throw new UnsupportedOperationException("stub " + id);
    }
}
