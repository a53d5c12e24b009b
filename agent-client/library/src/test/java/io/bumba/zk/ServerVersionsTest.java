package io.bumba.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.testkit.OldZooKeeper;
import io.bumba.testkit.ZkProcess;
import java.nio.file.Path;
import org.apache.zookeeper.client.FourLetterWordMain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerVersionsTest {
    @Test
    void aServerSaysItsVersionInTheFirstLineOfItsAnswer() {
        assertThat(ServerVersions.inAnswer(
                        "Zookeeper version: 3.9.5-1ab, built on 2026-01-01\nLatency min/avg/max: 0\n"))
                .contains("3.9.5");
        assertThat(ServerVersions.inAnswer("Zookeeper version: 3.4.14--1, built on x"))
                .contains("3.4.14");
    }

    @Test
    void anAnswerWithoutAVersionIsNotKnown() {
        assertThat(ServerVersions.inAnswer("srvr is not executed because it is not in the whitelist.\n"))
                .isEmpty();
        assertThat(ServerVersions.inAnswer("")).isEmpty();
    }

    @Test
    void aRealServerOfTheVersionThatLosesDataIsFoundOut(@TempDir Path data) throws Exception {
        // fault 102
        try (ZkProcess old = ZkProcess.start(data, OldZooKeeper.classpath())) {
            String answer = FourLetterWordMain.send4LetterWord("127.0.0.1", old.port(), "srvr");
            assertThat(ServerVersions.inAnswer(answer)).contains("3.9.3");
            assertThat(ServerVersions.inAnswer(answer).flatMap(ServerVersions::defect))
                    .isPresent();
        }
    }

    @Test
    void theVersionThatLosesDataIsNamedWithItsIssueAndTheNextStep() {
        assertThat(ServerVersions.defect("3.9.3").orElseThrow()).contains("loses data", "ZOOKEEPER-4925", "3.9.4");
        assertThat(ServerVersions.defect("3.9.5")).isEmpty();
        assertThat(ServerVersions.defect("3.9.30")).isEmpty();
    }
}
