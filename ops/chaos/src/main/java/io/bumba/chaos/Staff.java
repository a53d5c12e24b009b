package io.bumba.chaos;

import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.FileLocks;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The agent that one actor plays: a new one whenever the last has ended. Says "session N" when it registers, so that the
 * nemesis knows what to expire. For one thread.
 */
final class Staff {
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Bumba bumba;
    private final String name;
    private final PrintStream out;
    private @Nullable Agent agent;

    Staff(Bumba bumba, String name, PrintStream out) {
        this.bumba = bumba;
        this.name = name;
        this.out = out;
    }

    /** A living agent; when none can be registered now, the next call tries again, after a moment. */
    @Nullable
    Agent living() {
        Agent present = agent;
        if (present != null && present.isAlive()) {
            return present;
        }
        try {
            Agent next = bumba.register(AgentSpec.of("Chaos", name));
            agent = next;
            out.println("session " + next.session().id());
            return next;
        } catch (BumbaException unavailable) {
            LockSupport.parkNanos(AGAIN_NANOS);
            return null;
        }
    }

    FileLocks locks(Agent of) {
        return bumba.locks(of);
    }

    /** Ends the agent, if there is one. */
    void dismiss() {
        Agent present = agent;
        if (present != null) {
            present.close();
        }
    }
}
