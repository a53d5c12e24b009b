package io.bumba.orchestrate;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * One agent, what it holds and whom it has spawned, for as long as some code runs. Whoever begins one ends it, in {@code
 * finally}.
 *
 * <pre>
 *   begun --hold--> holding --end--> children, then what is held, then the agent have ended
 *     `--------------end-------------^
 * </pre>
 *
 * One thread holds and ends; the rest is thread-safe.
 */
final class Assignment {
    private final Agent agent;
    private final Stop stop;
    private final Family family = new Family();
    private final Duration patience;
    private Tenure tenure = Tenure.NONE;

    private Assignment(Agent agent, Stop stop, Duration patience) {
        this.agent = agent;
        this.stop = stop;
        this.patience = patience;
        agent.onEnd(Runnable::run, () -> stop.say("agent " + agent.id() + " has ended"));
    }

    /** Registers the agent. */
    static Assignment begin(Bumba bumba, AgentSpec spec, Stop stop) {
        return new Assignment(bumba.register(spec), stop, bumba.sessionTimeout().multipliedBy(2));
    }

    Agent agent() {
        return agent;
    }

    Stop stop() {
        return stop;
    }

    Family family() {
        return family;
    }

    /** How long a step of the end waits for ZooKeeper: by then the session, and what it held, are gone. */
    Duration patience() {
        return patience;
    }

    void hold(Tenure held) {
        tenure = held;
        held.watch(stop);
    }

    /**
     * Ends all of it. Neither fails nor is interrupted; what ZooKeeper does not confirm goes on in the background.
     *
     * @return why it cannot be said that the agent and what it held stood until now; empty when they did
     */
    Optional<String> end() {
        family.end();
        boolean alive = agent.isAlive();
        Optional<String> lost = tenure.giveBack();
        Family.end(agent);
        stop.say("it is over");
        return alive ? lost : Optional.of(lost.orElse("agent " + agent.id() + " ended before its work did"));
    }
}
