package io.bumba.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UpTest {
    @TempDir
    private Path dir = Path.of("");

    private Machine machine = new Machine(Path.of("target"));

    @BeforeEach
    void newMachine() {
        machine = new Machine(dir);
    }

    @Test
    void aNewUpAfterKill9FindsTheSameClusterAndCtrlCEndsItCleanly() {
        String cluster;
        try (Running first = machine.up()) {
            cluster = machine.runFileJson().path("clusterId").asText();
            assertThat(cluster).isNotEmpty();
            try (Running init = machine.run("init")) {
                assertThat(init.exitCode()).as(init.said()).isZero();
            }
            first.signal("KILL");
            first.exitCode();
        }
        try (Running second = machine.up()) {
            assertThat(machine.runFileJson().path("clusterId").asText()).isEqualTo(cluster);
            // The tree that was bound before is bound to what came back.
            try (Running again = machine.run("init")) {
                assertThat(again.exitCode()).as(again.said()).isZero();
                assertThat(again.out()).contains("is bound to workspace", cluster);
            }
            second.signal("INT");
            assertThat(second.exitCode(Duration.ofSeconds(20))).isIn(0, 130);
            assertThat(second.said()).doesNotContain("Exception");
        }
    }

    @Test
    void aSecondUpOnTheSameDataSaysSoAndNamesTheWayOut() {
        try (Running first = machine.up();
                Running second = machine.run("up", "--port", "0", "--admin-port", "0", "--zookeeper-port", "0")) {
            assertThat(second.exitCode()).isNotZero();
            assertThat(second.said()).contains(machine.data().toString(), "--data");
            assertThat(first.isAlive()).isTrue();
        }
    }

    @Test
    void aTakenPortIsNamedAndTheWayOutToo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Running up = machine.run(
                        "up",
                        "--port",
                        Integer.toString(taken.getLocalPort()),
                        "--admin-port",
                        "0",
                        "--zookeeper-port",
                        "0")) {
            assertThat(up.exitCode()).isNotZero();
            assertThat(up.said()).contains(Integer.toString(taken.getLocalPort()), "--port");
        }
    }
}
