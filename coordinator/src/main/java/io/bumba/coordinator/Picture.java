package io.bumba.coordinator;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.agent.AgentQuery;
import io.bumba.agent.AgentRecord;
import io.bumba.lock.LockView;
import io.bumba.territory.TerritoriesView;
import io.bumba.territory.TerritoryTable;
import io.bumba.zk.Leadership;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the API shows, read at one time: every number of an answer comes from one picture. It decides nothing.
 *
 * @param agents by id
 * @param leader the instance that leads the coordinators
 */
record Picture(List<AgentRecord> agents, LockView locks, Territories territories, Optional<String> leader) {
    private static final Logger LOG = LoggerFactory.getLogger(Picture.class);

    /**
     * The territories, or why they cannot be read: one record that is of another version hides no agents and no locks.
     *
     * @param why empty when there is a view
     */
    record Territories(Optional<TerritoriesView> view, String why) {
        static Territories of(TerritoriesView view) {
            return new Territories(Optional.of(view), "");
        }

        /** @throws Unreadable when there is none */
        TerritoriesView orElseThrow() {
            return view.orElseThrow(() -> new Unreadable(why));
        }
    }

    /** What was asked for is not in the picture. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Unreadable(String why) {
            super("the territories cannot be read: " + why);
        }
    }

    Picture {
        agents = List.copyOf(agents);
    }

    /** @param table one for all pictures: it remembers what has not changed */
    static Picture read(Bumba bumba, TerritoryTable table, Leadership leadership) {
        LockView locks = bumba.lockTable().read();
        return new Picture(bumba.agents().list(AgentQuery.all()), locks, read(table, locks), leadership.leader());
    }

    private static Territories read(TerritoryTable table, LockView locks) {
        try {
            return Territories.of(table.read(locks));
        } catch (BumbaException e) {
            if (e.code() == BumbaException.Code.UNAVAILABLE || e.code() == BumbaException.Code.SESSION_LOST) {
                throw e;
            }
            LOG.warn("a picture without territories: {}", e.toString());
            return new Territories(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }
}
