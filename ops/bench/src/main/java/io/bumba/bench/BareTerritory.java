package io.bumba.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** One transaction that makes what a territory of some files consists of, and one that removes it: the floor. */
final class BareTerritory {
    static final String PARENT = "/bare-territories";
    private static final int RECORD_BYTES = 700;

    private final ZooKeeper zk;
    private final String home;
    private final List<String> claims = new ArrayList<>();
    private final byte[] record = new byte[RECORD_BYTES];

    BareTerritory(ZooKeeper zk, int client, int files) {
        this.zk = zk;
        this.home = PARENT + "/area-" + client;
        for (int i = 0; i < files; i++) {
            claims.add(home + "/claims/src:client" + client + ":file" + i + ".js");
        }
    }

    void make() {
        List<Op> ops = new ArrayList<>();
        ops.add(Op.setData(PARENT, "changes".getBytes(StandardCharsets.UTF_8), -1));
        ops.add(create(home, record, CreateMode.PERSISTENT));
        ops.add(create(home + "/owner", new byte[0], CreateMode.EPHEMERAL));
        ops.add(create(home + "/claims", new byte[0], CreateMode.PERSISTENT));
        claims.forEach(claim -> ops.add(create(claim, new byte[0], CreateMode.PERSISTENT)));
        run(ops);
    }

    void remove() {
        List<Op> ops = new ArrayList<>();
        ops.add(Op.setData(PARENT, "changes".getBytes(StandardCharsets.UTF_8), -1));
        ops.add(Op.delete(home + "/owner", -1));
        claims.forEach(claim -> ops.add(Op.delete(claim, -1)));
        ops.add(Op.delete(home + "/claims", -1));
        ops.add(Op.delete(home, -1));
        run(ops);
    }

    private static Op create(String path, byte[] data, CreateMode mode) {
        return Op.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
    }

    private void run(List<Op> ops) {
        Attempt.to("run a transaction on " + home, () -> zk.multi(ops));
    }
}
