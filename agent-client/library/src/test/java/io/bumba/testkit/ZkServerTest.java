package io.bumba.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZkServerTest {
    private final Path directory;

    ZkServerTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void aFreshRootIsEmptyAndNobodyElses() {
        String one = ZkServer.shared().freshRoot();
        String two = ZkServer.shared().freshRoot();
        assertThat(one).isNotEqualTo(two).matches("/t\\d+");
        assertThat(ZkTree.dump(ZkServer.shared().client(), one)).isEmpty();
    }

    @Test
    void theSharedServerCannotBeStopped() {
        assertThatThrownBy(() -> ZkServer.shared().stop()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void dataAndSessionsSurviveARestart() throws Exception {
        try (ZkServer server = ZkServer.start(directory)) {
            ZooKeeper zk = server.client();
            zk.create("/a", new byte[] {7}, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            zk.create("/e", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            int port = server.port();
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            Deadline.until("the client is back", Duration.ofSeconds(10), () -> zk.exists("/e", false) != null);
            assertThat(zk.getData("/a", false, null)).containsExactly(7);
            assertThat(server.client()).isSameAs(zk);
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .noneMatch(name -> name.endsWith(".properties"));
            }
        }
    }

    @Test
    void containersAreReapedAsSoonAsWanted() throws Exception {
        try (ZkServer server = ZkServer.start(directory, Map.of("znode.container.checkIntervalMs", "100"))) {
            ZooKeeper zk = server.client();
            zk.create("/c", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.CONTAINER);
            zk.create("/c/x", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            zk.delete("/c/x", -1);
            Deadline.until("the container is gone", Duration.ofSeconds(5), () -> zk.exists("/c", false) == null);
            assertThat(System.getProperty("znode.container.checkIntervalMs")).isNull();
        }
    }

    @Test
    void aPortInUseIsReportedInTime() {
        String taken = Integer.toString(ZkServer.shared().port());
        assertThatThrownBy(() -> ZkServer.start(directory, Map.of("clientPort", taken), Duration.ofSeconds(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("start of ZooKeeper");
    }

    @Test
    void watchesAndEphemeralsAreCounted() throws Exception {
        try (ZkServer server = ZkServer.start(directory)) {
            ZooKeeper zk = server.client();
            assertThat(Watches.count(server)).isZero();
            assertThat(Watches.ephemerals(server)).isZero();
            assertThat(Watches.connections(server)).isEqualTo(1);
            assertThat(zk.exists("/nothing", event -> {})).isNull();
            zk.create(
                    "/e",
                    "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    Ids.OPEN_ACL_UNSAFE,
                    CreateMode.EPHEMERAL);
            assertThat(Watches.count(server)).isEqualTo(1);
            assertThat(Watches.list(server)).contains("/nothing");
            assertThat(Watches.ephemerals(server)).isEqualTo(1);
        }
    }

    @Test
    void aTreeIsListedWithoutItsRoot() throws Exception {
        ZooKeeper zk = ZkServer.shared().client();
        String root = ZkServer.shared().freshRoot();
        zk.create(root + "/b", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        zk.create(
                root + "/b/c",
                "x".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Ids.OPEN_ACL_UNSAFE,
                CreateMode.EPHEMERAL);
        zk.create(root + "/a", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        assertThat(ZkTree.dump(zk, root)).containsExactly(root + "/a", root + "/b", root + "/b/c");
        assertThat(ZkTree.ephemerals(zk, root)).containsExactly(root + "/b/c");
        assertThat(ZkTree.describe(zk, root)).contains(root + "/b/c  czxid=").contains("session=0x");
        assertThat(ZkTree.dump(zk, "/")).noneMatch(path -> path.startsWith("/zookeeper"));
    }
}
