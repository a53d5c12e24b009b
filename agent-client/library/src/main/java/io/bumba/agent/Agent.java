package io.bumba.agent;

import io.bumba.zk.Session;
import java.util.concurrent.Executor;

/**
 * A living agent of this process. It ends by {@link #close}, with its session, or when an operator deletes its znode;
 * then for good: register anew. Thread-safe.
 */
public interface Agent extends AutoCloseable {
    AgentId id();

    /** What others read of it, as last written by this process. */
    AgentRecord record();

    /** The session that it lives and dies with. */
    Session session();

    /** Whether it has not ended. */
    boolean isAlive();

    /**
     * Tells everybody what the agent is doing: ACTIVE, BUSY, IDLE or SUSPENDED.
     *
     * @throws IllegalArgumentException for the other states, which the system sets itself
     * @throws IllegalStateException when the agent has ended
     */
    void status(AgentStatus status);

    /** Notes activity; written at most every five seconds. */
    void touch();

    /** Runs the callback once, on the executor, when the agent has ended for whatever reason; at once if it has. */
    void onEnd(Executor executor, Runnable callback);

    /** Adds what ends with the agent. */
    void own(Belongings belongings);

    /**
     * Terminates: every lock and queue place of the agent and its registration go in one transaction. Idempotent.
     *
     * @throws io.bumba.BumbaException UNAVAILABLE when the servers do not confirm it in time; it goes on in the background
     */
    @Override
    void close();
}
