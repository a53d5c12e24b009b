package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.ZkServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FileMutexTest {
    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();
    private final CuratorFramework curator = started();
    private final Bumba bumba = Bumba.attach(
            curator, BumbaConfig.builder(server.connectString()).root(root).build());
    private final Agent agent = bumba.register(AgentSpec.of("Tester", "Ada"));
    private final String lockNode = root + "/workspaces/default/locks/a@lock";

    private CuratorFramework started() {
        CuratorFramework client =
                CuratorFrameworkFactory.newClient(server.connectString(), 20_000, 10_000, new RetryNTimes(10, 100));
        client.start();
        return client;
    }

    @AfterEach
    void close() {
        bumba.close();
        curator.close();
    }

    @Test
    void theRecipeAgreesWhileTheSessionOfTheContenderLives() throws Exception {
        bumba.locks(agent).acquire(RepoPath.of("a"), LockOptions.tryNow()).orElseThrow();
        assertThat(new FileMutex(curator, agent.session(), lockNode, contender(), List.of(contender())).agrees())
                .isTrue();
    }

    @Test
    void aVisibleNodeOfAnotherSessionThanTheClientsIsNoGrant() throws Exception {
        // fault 23, CURATOR-604: the client is in another session than the contender, whose node stands first in line
        bumba.locks(agent).acquire(RepoPath.of("a"), LockOptions.tryNow()).orElseThrow();
        CuratorFramework inAnotherSession = started();
        try {
            assertThat(inAnotherSession.blockUntilConnected(20, TimeUnit.SECONDS))
                    .isTrue();
            FileMutex mutex =
                    new FileMutex(inAnotherSession, agent.session(), lockNode, contender(), List.of(contender()));
            assertThat(mutex.agrees()).isFalse();
        } finally {
            inAnotherSession.close();
        }
    }

    private String contender() throws Exception {
        return server.client().getChildren(lockNode, false).get(0);
    }
}
