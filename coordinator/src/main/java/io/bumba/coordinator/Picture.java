package io.bumba.coordinator;

import io.bumba.Bumba;
import io.bumba.agent.AgentQuery;
import io.bumba.agent.AgentRecord;
import io.bumba.lock.LockView;
import io.bumba.zk.Leadership;
import java.util.List;
import java.util.Optional;

/**
 * What the API shows, read at one time: every number of an answer comes from one picture. It decides nothing.
 *
 * @param agents by id
 * @param leader the instance that leads the coordinators
 */
record Picture(List<AgentRecord> agents, LockView locks, Optional<String> leader) {
    Picture {
        agents = List.copyOf(agents);
    }

    static Picture read(Bumba bumba, Leadership leadership) {
        LockView locks = bumba.lockTable().read();
        return new Picture(bumba.agents().list(AgentQuery.all()), locks, leadership.leader());
    }
}
