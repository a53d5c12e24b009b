package io.bumba.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZkProcessTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Path directory;

    ZkProcessTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void anAcknowledgedWriteSurvivesAKillAndThePortStays() throws Exception {
        try (ZkProcess server = ZkProcess.start(directory)) {
            assertThat(server.mode()).contains("standalone");
            assertThat(server.version()).startsWith("3.9.5");
            ZooKeeper zk = Sessions.connect(server.connectString(), SOON);
            zk.create("/a", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            server.kill();
            assertThat(server.isAlive()).isFalse();
            server.restart();
            Deadline.until("the client is back", SOON, () -> zk.exists("/a", false) != null);
            assertThat(Watches.count(server)).isZero();
            assertThat(Watches.ephemerals(server)).isZero();
            Sessions.close(zk);
        }
    }

    @Test
    void aPausedServerGoesOn() {
        try (ZkProcess server = ZkProcess.start(directory)) {
            server.pause();
            assertThat(server.isAlive()).isTrue();
            assertThat(server.mode()).isEmpty();
            server.resume();
            server.awaitServing(SOON);
        }
    }

    @Test
    void anOlderVersionRunsWithItsOwnJarsAndSettings() throws Exception {
        try (ZkProcess server = ZkProcess.start(
                directory, OldZooKeeper.classpath(), Ports.free(), Map.of("znode.container.checkIntervalMs", "100"))) {
            assertThat(server.version()).startsWith(OldZooKeeper.VERSION);
            ZooKeeper zk = Sessions.connect(server.connectString(), SOON);
            zk.create("/c", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.CONTAINER);
            zk.create("/c/x", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            zk.delete("/c/x", -1);
            Deadline.until("the container is gone", SOON, () -> zk.exists("/c", false) == null);
            Sessions.close(zk);
        }
    }
}
