package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.Sessions;
import io.bumba.testkit.TcpProxy;
import io.bumba.zk.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every lock, request, agent and connection comes to its end, and everybody concerned hears of it. */
@Timeout(60)
class LockEndsTest extends LockFixture {
    private static final Executor REJECTING = task -> {
        throw new RejectedExecutionException("this executor is shut down");
    };

    @Test
    void callbacksThatFailKeepTheEndOfTheSessionFromNobody() throws Exception {
        // The order in which holders are told is random: with five that fail, one comes early.
        Bumba bumba = direct();
        for (int i = 0; i < 5; i++) {
            RepoPath path = RepoPath.of("bad" + i);
            agent(bumba, "Bad" + i).acquire(path, PATIENT).orElseThrow().onLost(REJECTING, () -> {});
        }
        AtomicInteger told = new AtomicInteger();
        List<Agent> agents = new ArrayList<>();
        List<CompletableFuture<LockResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Agent agent = bumba.register(AgentSpec.of("Tester", "Good" + i));
            agents.add(agent);
            LockGrant grant =
                    bumba.locks(agent).acquire(RepoPath.of("good" + i), PATIENT).orElseThrow();
            grant.onLost(Runnable::run, told::incrementAndGet);
            waiting.add(bumba.locks(agent).acquireAsync(RepoPath.of("bad0"), PATIENT));
        }
        awaitWaiters(bumba, RepoPath.of("bad0"), 10);
        Sessions.expireAtServer(server, agents.get(0).session().id());
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(told).hasValue(10);
            assertThat(waiting).allMatch(CompletableFuture::isDone);
            assertThat(agents).noneMatch(Agent::isAlive);
        });
    }

    @Test
    void aCallbackThatFailsDoesNotKeepTheSessionFromBecomingLiveAgain() throws Exception {
        // The loss must be found by the verifying transaction: the pulse of a session of 60 s has not yet set a watch.
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = through(proxy, Duration.ofSeconds(60));
        FileLocks ada = agent(bumba, "Ada");
        Agent bob = bumba.register(AgentSpec.of("Tester", "Bob"));
        LockGrant bobs = bumba.locks(bob).acquire(OTHER, PATIENT).orElseThrow();
        ada.acquire(PATH, PATIENT).orElseThrow().onLost(REJECTING, () -> {});
        proxy.refuse();
        await().until(() -> !bobs.isValid());
        server.client().delete(contender(PATH), -1);
        proxy.pass();
        await().atMost(SOON).until(() -> bob.session().state() == Session.State.LIVE);
        assertThat(bumba.locks(bob).acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Granted.class);
    }

    @Test
    void theSecondCloseOfAnAgentWaitsForWhatTheInterruptedFirstOneBegan() throws Exception {
        Bumba bumba = direct();
        FileLocks bob = agent(bumba, "Bob");
        bob.acquire(OTHER, PATIENT).orElseThrow();
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        bumba.locks(ada).acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> waiting = bumba.locks(ada).acquireAsync(OTHER, PATIENT);
        awaitWaiters(bumba, OTHER, 1);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(BumbaException.class).isThrownBy(ada::close);
        assertThat(Thread.interrupted()).isTrue();
        ada.close();
        assertThat(bob.acquire(PATH, LockOptions.tryNow())).isInstanceOf(LockResult.Granted.class);
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isInstanceOf(LockResult.Lost.class);
        assertThat(server.children(root + "/agents")).hasSize(1);
    }

    @Test
    void theLocksOfAnAgentThatAnOperatorEndedGoThoughARequestIsLost() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = through(proxy, Duration.ofSeconds(5));
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        bumba.locks(ada).acquire(PATH, PATIENT).orElseThrow();
        Fault lost = proxy.loseRequest(LockFixture::deletesContender);
        server.client().delete(root + "/agents/" + ada.id().value(), -1);
        lost.await(SOON);
        assertThat(agent(direct(), "Bob").acquire(PATH, LockOptions.waitUpTo(SOON)))
                .isInstanceOf(LockResult.Granted.class);
        assertThat(ada.isAlive()).isFalse();
        assertThat(ada.session().isOver()).isFalse();
    }

    @Test
    void aLockThatSomebodyElseDeletedIsNotReportedReleased() throws Exception {
        // After a lost request the node is gone, but it was not our request that did it.
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = through(proxy, Duration.ofSeconds(20));
        FileLocks bob = agent(direct(), "Bob");
        LockGrant adas = agent(bumba, "Ada").acquire(PATH, PATIENT).orElseThrow();
        proxy.beforeRequest(LockFixture::deletesContender, () -> {
            try {
                server.client().delete(contender(PATH), -1);
                bob.acquire(PATH, LockOptions.tryNow()).orElseThrow();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            throw new IllegalStateException("loses the request");
        });
        ReleaseResult result = adas.releaseAsync().toCompletableFuture().get(15, TimeUnit.SECONDS);
        assertThat(bob.held()).containsExactly(PATH);
        assertThat(result).isEqualTo(ReleaseResult.LOST);
    }

    @Test
    void aTryIsAnsweredWithinTheOperationTimeoutThoughNoServerAnswers() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(config(proxy.connectString(), Duration.ofSeconds(60))
                .operationTimeout(Duration.ofSeconds(1))
                .build()));
        agent(direct(), "Bob").acquire(PATH, PATIENT).orElseThrow();
        FileLocks ada = agent(bumba, "Ada");
        CompletableFuture<LockResult> waiting = ada.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        proxy.refuse();
        await().until(() -> !bumba.isConnected());
        CompletableFuture<LockResult> behind = ada.acquireAsync(PATH, LockOptions.tryNow());
        CompletableFuture<LockResult> alone = ada.acquireAsync(OTHER, LockOptions.tryNow());
        for (CompletableFuture<LockResult> tried : List.of(behind, alone)) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> tried.get(5, TimeUnit.SECONDS))
                    .withCauseInstanceOf(BumbaException.class);
        }
        assertThat(waiting).isNotDone();
        proxy.pass();
    }

    @Test
    void closingAConnectionCompletesEveryPendingRequest() throws Exception {
        // The session ends while the connection is closed: the callback threads are gone when the requests are
        // answered.
        agent(direct(), "Holder").acquire(PATH, PATIENT).orElseThrow();
        Bumba bumba = Bumba.connect(
                config(server.connectString(), Duration.ofSeconds(5)).build());
        List<CompletableFuture<LockResult>> pending = new ArrayList<>();
        Agent last = bumba.register(AgentSpec.of("Tester", "Last"));
        pending.add(bumba.locks(last).acquireAsync(PATH, PATIENT));
        pending.add(agent(bumba, "Other").acquireAsync(PATH, PATIENT));
        awaitWaiters(bumba, PATH, 2);
        CountDownLatch ending = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        AutoCloseable unused = bumba.events().listen(event -> {
            if (event instanceof Event.LockRefused) {
                ending.countDown();
                hold(closed);
            }
        });
        Sessions.expireAtServer(server, last.session().id());
        hold(ending);
        bumba.close();
        closed.countDown();
        for (CompletableFuture<LockResult> each : pending) {
            assertThat(each.get(5, TimeUnit.SECONDS)).isInstanceOf(LockResult.Lost.class);
        }
    }

    @Test
    void theNextRequestOfAnEndedAgentIsRefusedByName() throws Exception {
        Bumba bumba = direct();
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        bumba.locks(ada).acquire(PATH, PATIENT).orElseThrow();
        Sessions.expireAtServer(server, ada.session().id());
        await().until(() -> !ada.isAlive());
        assertThat(bumba.locks(ada).acquire(PATH, PATIENT)).isInstanceOf(LockResult.Lost.class);
    }

    @Test
    void aRegistrationThatFailedLeavesNoAgent() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        BumbaConfig config = config(proxy.connectString(), Duration.ofSeconds(60))
                .operationTimeout(Duration.ofSeconds(1))
                .build();
        Bumba bumba = keep(Bumba.connect(config));
        String ada = bumba.register(AgentSpec.of("Tester", "Ada")).id().value();
        proxy.refuse();
        await().until(() -> !bumba.isConnected());
        assertThatExceptionOfType(BumbaException.class)
                .isThrownBy(() -> bumba.register(AgentSpec.of("Tester", "Ghost")));
        // It is repeated when the network is back, since its outcome is unknown; then it must be taken back.
        Fault repeated = proxy.beforeReply(
                r -> firstOp(r) == OpCode.create && mentions(r, "/agents/") && !mentions(r, ada), () -> {});
        proxy.pass();
        repeated.await(SOON);
        await().atMost(SOON).untilAsserted(() -> assertThat(server.children(root + "/agents"))
                .containsExactly(ada));
    }

    @Test
    void anAttachedConnectionThatWasClosedLeavesNoWatcher() throws Exception {
        CuratorFramework client = application();
        BumbaConfig config =
                config(server.connectString(), Duration.ofSeconds(5)).build();
        for (int i = 0; i < 3; i++) {
            Bumba.attach(client, config).close();
        }
        await().atMost(SOON).until(() -> watchersIn(client) == 0);
    }
}
