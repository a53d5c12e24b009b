package io.bumba.orchestrate;

import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockOptions;
import io.bumba.path.PathSet;
import io.bumba.territory.TerritoryRequest;
import java.util.Objects;
import java.util.Optional;

/**
 * Who runs a command, and what it holds meanwhile; immutable. Starts from {@link #of}.
 *
 * @param agent how its agent registers; always as a temporary one
 * @param locks the files to lock, all or none; empty for none
 * @param options how they are asked for
 * @param territory the territory to hold, instead of locks
 */
public record CommandSpec(AgentSpec agent, PathSet locks, LockOptions options, Optional<TerritoryRequest> territory) {
    public CommandSpec {
        agent = agent.temporarily();
        Objects.requireNonNull(locks, "locks");
        Objects.requireNonNull(options, "options");
        if (locks.size() > 0 && territory.isPresent()) {
            throw new IllegalArgumentException("a command holds locks or a territory, not both;"
                    + " inside its territory it locks as it goes (CommandContext.locks)");
        }
    }

    /** A command that holds nothing. */
    public static CommandSpec of(AgentSpec agent) {
        return new CommandSpec(agent, PathSet.of(), LockOptions.waitDefault(), Optional.empty());
    }

    /** The same while these files are locked. */
    public CommandSpec locking(PathSet newLocks, LockOptions newOptions) {
        return new CommandSpec(agent, newLocks, newOptions, territory);
    }

    /** The same while the territory is held. */
    public CommandSpec inside(TerritoryRequest newTerritory) {
        return new CommandSpec(agent, locks, options, Optional.of(newTerritory));
    }
}
