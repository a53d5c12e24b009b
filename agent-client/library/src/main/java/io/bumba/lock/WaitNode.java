package io.bumba.lock;

import io.bumba.path.RepoPath;
import io.bumba.zk.Codec;
import io.bumba.zk.EphemeralBudget;
import io.bumba.zk.Layout;
import io.bumba.zk.Session;
import java.time.InstantSource;

/**
 * The znode that says what an agent waits for, and the bytes of its path.
 *
 * @param parent the agent's container
 * @param path the znode
 * @param data a {@link WaitData}
 */
@SuppressWarnings("ArrayRecordComponent")
record WaitNode(String parent, String path, byte[] data, EphemeralBudget.Share bytes) {
    /** @throws io.bumba.BumbaException LIMIT when the session has no bytes left for its path */
    static WaitNode take(Session session, Layout layout, String agent, String uuid, RepoPath file, InstantSource time) {
        String parent = layout.waits(agent);
        String path = parent + "/" + uuid;
        byte[] data = Codec.encode(WaitData.forFile(file.value(), time.instant()));
        return new WaitNode(parent, path, data, session.budget().take(path));
    }

    void giveBack() {
        bytes.giveBack();
    }
}
