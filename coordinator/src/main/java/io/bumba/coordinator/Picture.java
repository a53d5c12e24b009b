package io.bumba.coordinator;

import io.bumba.Bumba;
import io.bumba.agent.AgentQuery;
import io.bumba.agent.AgentRecord;
import io.bumba.lock.LockView;
import io.bumba.territory.TerritoriesView;
import io.bumba.territory.TerritoryTable;
import io.bumba.zk.Leadership;
import java.util.List;
import java.util.Optional;

/**
 * What the API shows, read at one time: every number of an answer comes from one picture. It decides nothing.
 *
 * @param agents by id
 * @param leader the instance that leads the coordinators
 */
record Picture(List<AgentRecord> agents, LockView locks, TerritoriesView territories, Optional<String> leader) {
    Picture {
        agents = List.copyOf(agents);
    }

    /** @param table one for all pictures: it remembers what has not changed */
    static Picture read(Bumba bumba, TerritoryTable table, Leadership leadership) {
        LockView locks = bumba.lockTable().read();
        return new Picture(bumba.agents().list(AgentQuery.all()), locks, table.read(locks), leadership.leader());
    }
}
