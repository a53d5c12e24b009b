package io.bumba.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.event.Event;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.Sessions;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkServer;
import io.bumba.testkit.ZkTree;
import io.bumba.zk.Secret;
import io.bumba.zk.WorkspaceSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AgentsTest {
    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();
    private final Bumba bumba = Bumba.connect(config().build());

    private BumbaConfig.Builder config() {
        return BumbaConfig.builder(server.connectString()).root(root).sessionTimeout(Duration.ofSeconds(3));
    }

    @AfterEach
    void close() {
        bumba.close();
    }

    @Test
    void aRegisteredAgentIsFoundByWhatItSaidOfItself() {
        Agent ada = bumba.register(
                AgentSpec.of("Engineer", "Ada").withCapabilities("java", "sql").withPermissions("write"));
        Agent bob = bumba.register(AgentSpec.of("Designer", "Bob").withRole("lead"));
        Agent cid = bumba.register(AgentSpec.of("Oracle", "Cid")
                .inDepartment("ops")
                .childOf(ada.id())
                .temporarily());

        assertThat(ada.id().value()).matches("Engineer-Ada-[0-9]{13}-[0-9a-f]{8}");
        assertThat(ada.record().department()).isEqualTo("technical");
        assertThat(bob.record().department()).isEqualTo("design");
        assertThat(bob.record().role()).isEqualTo("lead");
        assertThat(bumba.agents().list(AgentQuery.all())).hasSize(3);
        assertThat(bumba.agents().list(AgentQuery.inDepartment("Technical")))
                .extracting(AgentRecord::id)
                .containsExactly(ada.id());
        assertThat(bumba.agents().list(AgentQuery.withCapability("sql")))
                .extracting(AgentRecord::name)
                .containsExactly("Ada");
        assertThat(bumba.agents().find(cid.id())).hasValueSatisfying(record -> {
            assertThat(record.parent()).contains(ada.id());
            assertThat(record.temporary()).isTrue();
            assertThat(record.status()).isEqualTo(AgentStatus.SPAWNED);
            assertThat(record.pid()).isEqualTo(ProcessHandle.current().pid());
        });
        bob.status(AgentStatus.BUSY);
        await().until(() ->
                bumba.agents().list(AgentQuery.withStatus(AgentStatus.BUSY)).size() == 1);
        bob.close();
        assertThat(bumba.agents().find(bob.id())).isEmpty();
        assertThat(bob.record().status()).isEqualTo(AgentStatus.TERMINATED);
        assertThatIllegalStateException()
                .isThrownBy(() -> bob.status(AgentStatus.IDLE))
                .withMessageContaining("register anew");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "ä", "a-b", "<img onerror>", "a\u001b[31m", "..//", "x\n"})
    void namesThatAreNoNamesAreRefusedWithTheRule(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentSpec.of("Engineer", name))
                .withMessageContaining("[A-Za-z0-9_.], 1 to 64 characters")
                .satisfies(e -> assertThat(e.getMessage()).matches("[\\x20-\\x7e\u00a0-\uffff]+"));
        assertThatIllegalArgumentException().isThrownBy(() -> AgentSpec.of("x".repeat(65), "Ada"));
    }

    @Test
    void statusesOfTheSystemAreNotTheAgentsToSet() {
        Agent ada = bumba.register(AgentSpec.of("Engineer", "Ada"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ada.status(AgentStatus.LOST))
                .withMessageContaining("ACTIVE");
    }

    @Test
    void theLossOfItsSessionEndsAnAgentForGood() {
        List<Event> events = new CopyOnWriteArrayList<>();
        bumba.events().listen(events::add);
        Agent ada = bumba.register(AgentSpec.of("Engineer", "Ada"));
        AtomicInteger told = new AtomicInteger();
        ada.onEnd(Runnable::run, told::incrementAndGet);
        Sessions.expireAtServer(server, ada.session().id());
        await().until(() -> !ada.isAlive());
        await().until(() -> told.get() == 1);
        assertThat(ada.record().status()).isEqualTo(AgentStatus.LOST);
        assertThat(events).anySatisfy(e -> assertThat(e)
                .isInstanceOfSatisfying(
                        Event.AgentEnded.class, end -> assertThat(end.lost()).isTrue()));
        Agent again = bumba.register(AgentSpec.of("Engineer", "Ada"));
        assertThat(again.isAlive()).isTrue();
        assertThat(ada.isAlive()).isFalse();
        assertThat(told).hasValue(1);
    }

    @Test
    void anAgentThatAnOperatorHasEndedClosesAtOnce() throws Exception {
        Agent ada = bumba.register(AgentSpec.of("Engineer", "Ada"));
        server.client().delete(root + "/agents/" + ada.id(), -1);
        await().until(() -> !ada.isAlive());
        ada.close();
        assertThat(ada.record().status()).isEqualTo(AgentStatus.LOST);
    }

    @Test
    void aLostReplyToTheRegistrationMakesNoGhost() {
        try (TcpProxy proxy = TcpProxy.to(server);
                Bumba shaky = Bumba.connect(BumbaConfig.builder(proxy.connectString())
                        .root(root)
                        .sessionTimeout(Duration.ofSeconds(5))
                        .build())) {
            Fault fault = proxy.loseReplyTo(ZooDefs.OpCode.multi);
            Agent ada = shaky.register(AgentSpec.of("Engineer", "Ada"));
            fault.await(Duration.ofSeconds(10));
            assertThat(bumba.agents().list(AgentQuery.all()))
                    .extracting(AgentRecord::id)
                    .containsExactly(ada.id());
        }
    }

    @Test
    void oneAgentMoreThanTheLimitIsRefusedByName() {
        bumba.writeSettings(new WorkspaceSettings(false, 2, 1_000, null, null, java.util.Map.of()));
        bumba.register(AgentSpec.of("Engineer", "A"));
        Agent second = bumba.register(AgentSpec.of("Engineer", "B"));
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(() -> bumba.register(AgentSpec.of("Engineer", "C")))
                .withMessageContaining("maxConcurrentAgents is 2")
                .satisfies(e -> assertThat(e.code()).isEqualTo(BumbaException.Code.LIMIT));
        assertThat(bumba.agents().list(AgentQuery.all())).hasSize(2);
        second.close();
        assertThat(bumba.register(AgentSpec.of("Engineer", "C")).isAlive()).isTrue();
    }

    @Test
    void aSessionsEphemeralBytesAreLimitedByNameAndGivenBack() throws Exception {
        try (Bumba small = Bumba.connect(config().maxEphemeralBytes(2_000).build())) {
            FileLocks locks = small.locks(small.register(AgentSpec.of("Engineer", "Ada")));
            List<LockGrant> held = new CopyOnWriteArrayList<>();
            assertThatExceptionOfType(BumbaException.class)
                    .isThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            held.add(locks.acquire(RepoPath.of("file" + i), LockOptions.tryNow())
                                    .orElseThrow());
                        }
                    })
                    .withMessageContaining("maxEphemeralBytes is 2000");
            int most = held.size();
            assertThat(most).isBetween(5, 30);
            held.forEach(LockGrant::close);
            held.clear();
            for (int i = 0; i < most; i++) {
                held.add(locks.acquire(RepoPath.of("file" + i), LockOptions.tryNow())
                        .orElseThrow());
            }
        }
    }

    @Test
    void aRecordOfALaterVersionIsLeftOutAndNoCrash() throws Exception {
        server.client()
                .create(
                        root + "/agents/From-Future-1-00000000",
                        "{\"v\":99,\"soul\":true}".getBytes(StandardCharsets.UTF_8),
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        org.apache.zookeeper.CreateMode.PERSISTENT);
        bumba.register(AgentSpec.of("Engineer", "Ada"));
        assertThat(bumba.agents().list(AgentQuery.all())).hasSize(1);
    }

    @Test
    void theFleetKeyKeepsStrangersFromEveryZnode() throws Exception {
        // fault 92
        String closed = server.freshRoot() + "/fleet";
        BumbaConfig keyed = BumbaConfig.builder(server.connectString())
                .root(closed)
                .fleetKey(new Secret("canary-of-the-fleet"))
                .build();
        try (Bumba member = Bumba.connect(keyed)) {
            LockGrant grant = member.locks(member.register(AgentSpec.of("Engineer", "Ada")))
                    .acquire(RepoPath.of("a.txt"), LockOptions.tryNow())
                    .orElseThrow();
            ZooKeeper stranger = server.client();
            assertThatExceptionOfType(KeeperException.NoAuthException.class)
                    .isThrownBy(() -> stranger.getChildren(closed, false));
            String lock = closed + "/workspaces/default/locks/a.txt@lock";
            assertThatExceptionOfType(KeeperException.NoAuthException.class)
                    .isThrownBy(() -> stranger.getChildren(lock, false));
            assertThatExceptionOfType(BumbaException.class)
                    .isThrownBy(() -> Bumba.connect(BumbaConfig.builder(server.connectString())
                            .root(closed)
                            .fleetKey(new Secret("a wrong key"))
                            .build()))
                    .withMessageContaining("fleet key")
                    .satisfies(e -> assertThat(e.code()).isEqualTo(BumbaException.Code.NO_AUTH));
            stranger.addAuthInfo("digest", "bumba:canary-of-the-fleet".getBytes(StandardCharsets.UTF_8));
            assertThat(ZkTree.describe(stranger, closed)).doesNotContain("canary");
            grant.close();
        }
        assertThat(keyed.toString()).doesNotContain("canary");
    }

    @Test
    void anUnreachableServerIsNamedWithinTenSeconds() {
        long before = System.nanoTime();
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(() -> Bumba.connect(BumbaConfig.of("127.0.0.1:1")))
                .withMessageContaining("127.0.0.1:1")
                .withMessageContaining("bumba up")
                .satisfies(e -> assertThat(e.code()).isEqualTo(BumbaException.Code.UNAVAILABLE));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "localhost:2181/chroot", "a b:1", "host:port"})
    void connectStringsThatAreNoneAreRefusedWithTheRule(String connectString) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BumbaConfig.of(connectString))
                .withMessageContaining("host:port");
    }
}
