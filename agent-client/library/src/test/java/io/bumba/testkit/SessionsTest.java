package io.bumba.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ZkServer server = ZkServer.shared();
    private final String node = server.freshRoot() + "/e";
    private final ZooKeeper zk = Sessions.connect(server.connectString(), TIMEOUT);

    @BeforeEach
    void holdAnEphemeral() throws Exception {
        zk.create(node, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    }

    @AfterEach
    void close() {
        Sessions.close(zk);
    }

    @Test
    void anExpiredSessionHasLostItsEphemerals() throws Exception {
        Sessions.expire(zk);
        assertThat(server.client().exists(node, false)).isNull();
        Sessions.awaitExpired(zk, SOON);
    }

    @Test
    void aSessionIsExpiredByItsIdAlone() throws Exception {
        assertThat(Sessions.passwordOf(zk.getSessionId())).isEqualTo(zk.getSessionPasswd());
        Sessions.expire(server.connectString(), zk.getSessionId());
        assertThat(server.client().exists(node, false)).isNull();
        Sessions.awaitExpired(zk, SOON);
    }

    @Test
    void theServerItselfCanExpireASession() throws Exception {
        Sessions.expireAtServer(server, zk.getSessionId());
        assertThat(server.client().exists(node, false)).isNull();
        Sessions.awaitExpired(zk, SOON);
    }

    @Test
    void aClientCanBelieveItselfExpiredWhileItsNodesAreStillVisible() throws Exception {
        Sessions.expireAtClientOnly(zk);
        assertThat(zk.getState()).isEqualTo(ZooKeeper.States.CLOSED);
        assertThat(server.client().exists(node, false)).isNotNull();
        Sessions.expire(server.connectString(), zk.getSessionId());
        assertThat(server.client().exists(node, false)).isNull();
    }

    @Test
    void aSecondHandleTakesTheSameSession() throws Exception {
        ZooKeeper second = Sessions.attach(server.connectString(), zk.getSessionId(), zk.getSessionPasswd(), TIMEOUT);
        assertThat(second.getSessionId()).isEqualTo(zk.getSessionId());
        Sessions.close(second);
        Sessions.awaitExpired(zk, SOON);
        assertThatThrownBy(() ->
                        Sessions.attach(server.connectString(), zk.getSessionId(), zk.getSessionPasswd(), TIMEOUT))
                .hasMessageContaining("has ended");
    }

    @Test
    void aDisconnectedHandleComesBackToItsSession() throws Exception {
        long session = zk.getSessionId();
        Sessions.disconnect(zk);
        Deadline.until("it is back", SOON, () -> zk.exists(node, false) != null);
        assertThat(zk.getSessionId()).isEqualTo(session);
    }
}
