package io.bumba.agent;

/** What an agent is doing. The last two are final. */
public enum AgentStatus {
    SPAWNED,
    ACTIVE,
    BUSY,
    IDLE,
    SUSPENDED,
    TERMINATING,
    TERMINATED,
    LOST
}
