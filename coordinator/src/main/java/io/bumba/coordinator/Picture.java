package io.bumba.coordinator;

import io.bumba.Bumba;
import io.bumba.agent.AgentQuery;
import io.bumba.agent.AgentRecord;
import io.bumba.lock.LockView;
import java.util.List;

/**
 * What the API shows, read at one time: every number of an answer comes from one picture. It decides nothing.
 *
 * @param agents by id
 */
record Picture(List<AgentRecord> agents, LockView locks) {
    Picture {
        agents = List.copyOf(agents);
    }

    static Picture read(Bumba bumba) {
        LockView locks = bumba.lockTable().read();
        return new Picture(bumba.agents().list(AgentQuery.all()), locks);
    }
}
