package io.bumba.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One ensemble for all: it takes seconds to start. The client leaves a paused member after 2/3 of its short timeout. */
class ZkEnsembleTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void oneMemberMayDieOrStandStillTwoMayNot(@TempDir Path directory) {
        try (ZkEnsemble ensemble = ZkEnsemble.start(directory)) {
            ensemble.awaitServing(3);
            ZooKeeper zk = Sessions.connect(ensemble.connectString(), Duration.ofSeconds(6));
            awaitWrite(zk, "/first");

            ZkProcess firstLeader = ensemble.leader();
            firstLeader.kill();
            awaitWrite(zk, "/without-first-leader");
            assertThat(ensemble.leader()).isNotSameAs(firstLeader);
            firstLeader.restart();
            ensemble.awaitServing(3);

            ZkProcess follower = ensemble.followers().get(0);
            follower.pause();
            awaitWrite(zk, "/with-a-paused-follower");
            follower.resume();
            ensemble.awaitServing(3);

            ensemble.followers().forEach(ZkProcess::kill);
            Deadline.until("nobody serves without a quorum", SOON, () -> ensemble.members().stream()
                    .allMatch(member -> member.mode().isEmpty()));
            ensemble.members().stream().filter(member -> !member.isAlive()).forEach(ZkProcess::restartOnly);
            ensemble.awaitServing(3);
            Deadline.until("everything is still there", SOON, () -> zk.getChildren("/", false)
                    .containsAll(java.util.List.of("first", "without-first-leader", "with-a-paused-follower")));
            Sessions.close(zk);
        }
    }

    private static void awaitWrite(ZooKeeper zk, String path) {
        Deadline.until(path + " is written", SOON, () -> {
            try {
                return path.equals(zk.create(path, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
            } catch (KeeperException.NodeExistsException writtenBefore) {
                return true;
            }
        });
    }
}
