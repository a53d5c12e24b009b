package io.bumba;

import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.agent.Agents;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockTable;
import io.bumba.zk.WorkspaceSettings;
import org.apache.curator.framework.CuratorFramework;

/** One connection to the ensemble, with one session at a time. Thread-safe. */
public final class Bumba implements AutoCloseable {
    /**
     * Connects, waiting for a server for the configured {@code connectTimeout}, and makes the layout if it is not there.
     *
     * @throws BumbaException UNAVAILABLE, naming the address, when no server answers in time
     */
    public static Bumba connect(BumbaConfig config) {
        throw new UnsupportedOperationException("stub " + config);
    }

    /** The same over an application's own started client, which is not closed with this object. */
    public static Bumba attach(CuratorFramework client, BumbaConfig config) {
        throw new UnsupportedOperationException("stub " + config + client);
    }

    /** Registers an agent on the present session. */
    public Agent register(AgentSpec spec) {
        throw new UnsupportedOperationException("stub " + spec);
    }

    /** The file locks of an agent registered here. */
    public FileLocks locks(Agent agent) {
        throw new UnsupportedOperationException("stub " + agent);
    }

    public Agents agents() {
        throw new UnsupportedOperationException("stub");
    }

    public LockTable lockTable() {
        throw new UnsupportedOperationException("stub");
    }

    /** The random id that the cluster drew when its layout was made. */
    public String clusterId() {
        throw new UnsupportedOperationException("stub");
    }

    /** The settings of the workspace, as read when this object connected. */
    public WorkspaceSettings settings() {
        throw new UnsupportedOperationException("stub");
    }

    /** Writes the settings of the workspace; agents that connect later follow them. */
    public void writeSettings(WorkspaceSettings settings) {
        throw new UnsupportedOperationException("stub " + settings);
    }

    /** A cheap question to the servers: whether they answer within the operation timeout, by a write through the leader. */
    public void probe() {
        throw new UnsupportedOperationException("stub");
    }

    /** Whether the session is connected and verified now. */
    public boolean isConnected() {
        throw new UnsupportedOperationException("stub");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("stub");
    }
}
