package io.bumba.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.testkit.Jvm;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeadershipTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef";

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();

    private BumbaConfig.Builder config(String connect) {
        return BumbaConfig.builder(connect).root(root).sessionTimeout(Duration.ofSeconds(3));
    }

    private Bumba connect() {
        return Bumba.connect(config(server.connectString()).build());
    }

    private static String leader(Leadership asked) {
        return asked.leader().orElse("nobody");
    }

    @Test
    void ofTwoOneLeadsAndTheOtherFollowsWhenItStandsDownOrEnds() throws Exception {
        try (Bumba a = connect();
                Bumba b = connect();
                Leadership first = a.standForLeader("first")) {
            await().until(first::isLeader);
            try (Leadership second = b.standForLeader("second")) {
                await().until(() -> server.children(root + "/leader").size() == 2);
                assertThat(second.isLeader()).isFalse();
                assertThat(leader(first)).isEqualTo("first");
                assertThat(leader(second)).isEqualTo("first");
                first.close();
                await().until(second::isLeader);
                assertThat(first.isLeader()).isFalse();
                assertThat(leader(first)).isEqualTo("second");
                try (Leadership third = a.standForLeader("third")) {
                    b.close();
                    await().until(third::isLeader);
                }
            }
        }
    }

    @Test
    void aSuspendedSessionLeadsNoMoreAndAnUnbrokenOneLeadsAgain() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(server);
                Bumba bumba = Bumba.connect(config(proxy.connectString()).build());
                Leadership leadership = bumba.standForLeader("only")) {
            await().until(leadership::isLeader);
            proxy.refuse();
            await().until(() -> !bumba.isConnected());
            assertThat(leadership.isLeader()).isFalse();
            proxy.pass();
            await().atMost(Duration.ofSeconds(20)).until(leadership::isLeader);
        }
    }

    @Test
    void aSessionWhoseRequestsGoNowhereLeadsNoMoreThoughNobodyToldIt() {
        try (TcpProxy proxy = TcpProxy.to(server);
                Bumba bumba = Bumba.connect(config(proxy.connectString()).build());
                Leadership leadership = bumba.standForLeader("only");
                Bumba other = connect();
                Leadership next = other.standForLeader("next")) {
            await().until(leadership::isLeader);
            proxy.blackhole();
            await().until(next::isLeader);
            assertThat(leadership.isLeader()).isFalse();
            proxy.pass();
        }
    }

    @Test
    void aLeaderThatWasStoppedPastItsSessionKnowsItBeforeAnythingElse() {
        Duration patience = Duration.ofSeconds(30);
        try (Jvm stopped = Jvm.start(Candidate.class, server.connectString(), root, "2000");
                Bumba bumba = connect()) {
            await().atMost(patience).until(() -> {
                stopped.send("leads?");
                return stopped.awaitLine(line -> line.startsWith("leads "), patience)
                        .equals("leads true");
            });
            try (Leadership next = bumba.standForLeader("next")) {
                stopped.pause();
                await().atMost(patience).until(next::isLeader);
                // The question is there already when it wakes.
                stopped.send("leads?");
                stopped.resume();
                assertThat(stopped.awaitLine(line -> line.startsWith("leads "), patience))
                        .isEqualTo("leads false");
            }
        }
    }

    @Test
    void afterTheLossOfItsSessionItStandsAgainWithTheNextOne() {
        try (TcpProxy proxy = TcpProxy.to(server);
                Bumba bumba = Bumba.connect(config(proxy.connectString()).build());
                Leadership leadership = bumba.standForLeader("only")) {
            await().until(leadership::isLeader);
            proxy.refuse();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> server.children(root + "/leader").isEmpty());
            proxy.pass();
            // Whoever asks first captures the next session.
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(BumbaException.class)
                    .until(() -> {
                        bumba.probe();
                        return leadership.isLeader();
                    });
        }
    }

    @Test
    void theNodesOfTheLatchAreTheFleetsOnly() throws Exception {
        BumbaConfig config =
                config(server.connectString()).fleetKey(new Secret(KEY)).build();
        try (ZooKeeper member = new ZooKeeper(server.connectString(), 5_000, event -> {});
                Bumba bumba = Bumba.connect(config);
                Leadership leadership = bumba.standForLeader("only")) {
            await().until(leadership::isLeader);
            assertThatExceptionOfType(KeeperException.NoAuthException.class)
                    .isThrownBy(() -> server.client().getChildren(root + "/leader", false));
            member.addAuthInfo("digest", ("bumba:" + KEY).getBytes(StandardCharsets.UTF_8));
            List<ACL> fleet = member.getACL(root + "/cluster", null);
            assertThat(fleet)
                    .singleElement()
                    .satisfies(acl -> assertThat(acl.getId().getScheme()).isEqualTo("digest"));
            assertThat(member.getACL(root + "/leader", null)).isEqualTo(fleet);
            String node = member.getChildren(root + "/leader", false).get(0);
            assertThat(member.getACL(root + "/leader/" + node, null)).isEqualTo(fleet);
        }
    }

    @Test
    void itTakesAConnectionOfItsOwnAndAName() {
        try (Bumba bumba = connect()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> bumba.standForLeader("a b"))
                    .withMessageContaining("[A-Za-z0-9_.-]");
        }
        try (CuratorFramework client =
                CuratorFrameworkFactory.newClient(server.connectString(), new RetryOneTime(100))) {
            client.start();
            try (Bumba attached =
                    Bumba.attach(client, config(server.connectString()).build())) {
                assertThatIllegalStateException().isThrownBy(() -> attached.standForLeader("x"));
            }
        }
    }
}
