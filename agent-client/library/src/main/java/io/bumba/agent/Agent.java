package io.bumba.agent;

/** A living agent of this process; ends with its session, for good. Thread-safe. */
public interface Agent extends AutoCloseable {
    AgentId id();

    /** What others read of it, as last written by this process. */
    AgentRecord record();

    /** Whether it has not ended. */
    boolean isAlive();

    /** Tells everybody what the agent is doing: ACTIVE, BUSY, IDLE or SUSPENDED. */
    void status(AgentStatus status);

    /** Notes activity; written at most every five seconds. */
    void touch();

    /** Runs the callback once, on the executor, when the agent has ended for whatever reason; at once if it has. */
    void onEnd(java.util.concurrent.Executor executor, Runnable callback);

    /** Terminates: every lock and queue place of the agent and its registration go in one transaction. */
    @Override
    void close();
}
