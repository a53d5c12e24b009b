package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.PathSet;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.Watches;
import io.bumba.zk.WorkspaceSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;

/** What an attacker tried. */
class AttackTest extends LockFixture {
    private static final Duration SESSION = Duration.ofSeconds(20);

    private final Bumba bumba = direct();
    private final FileLocks ada = agent(bumba, "Ada");
    private final FileLocks bob = agent(bumba, "Bob");

    private static boolean converts(TcpProxy.Request request) {
        return request.opCode() == OpCode.multi && mentions(request, "__READ__") && mentions(request, "__WRIT__");
    }

    @Test
    void aNestedRequestDuringAConversionIsGrantedAfterIt() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks cleo = agent(through(proxy, SESSION), "Cleo");
        LockGrant grant = cleo.acquire(PATH, PATIENT).orElseThrow();
        CountDownLatch letGo = new CountDownLatch(1);
        Fault held = proxy.beforeReply(AttackTest::converts, () -> hold(letGo));
        CompletableFuture<Boolean> shared = grant.downgrade().toCompletableFuture();
        CompletableFuture<LockResult> nested;
        try {
            nested = cleo.acquireAsync(PATH, PATIENT.shared());
        } finally {
            letGo.countDown();
        }
        held.await(SOON);
        assertThat(shared.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(nested.get(5, TimeUnit.SECONDS)).isInstanceOf(LockResult.Granted.class);
    }

    @Test
    void anAgentThatIsClosedDuringAConversionLeavesNothing() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba connection = through(proxy, SESSION);
        Agent agent = connection.register(AgentSpec.of("Tester", "Cleo"));
        LockGrant grant = connection.locks(agent).acquire(PATH, PATIENT).orElseThrow();
        CountDownLatch letGo = new CountDownLatch(1);
        Fault held = proxy.beforeReply(AttackTest::converts, () -> hold(letGo));
        CompletableFuture<Boolean> shared = grant.downgrade().toCompletableFuture();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(agent::close);
        await().until(() -> !grant.isValid() && grant.release() == ReleaseResult.LOST);
        letGo.countDown();
        held.await(SOON);
        closed.get(10, TimeUnit.SECONDS);
        assertThat(shared.get(5, TimeUnit.SECONDS)).isFalse();
        await().atMost(Duration.ofSeconds(3))
                .untilAsserted(() -> assertThat(contenders(PATH)).isEmpty());
        bob.acquire(PATH, LockOptions.tryNow()).orElseThrow().close();
    }

    @Test
    void anAgentWhoseRegistrationIsDeletedDuringAConversionLeavesNothing() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba connection = through(proxy, SESSION);
        Agent agent = connection.register(AgentSpec.of("Tester", "Cleo"));
        LockGrant grant = connection.locks(agent).acquire(PATH, PATIENT).orElseThrow();
        String registration = root + "/agents/" + agent.id().value();
        await().until(() -> Watches.list(server).contains(registration));
        CompletableFuture<Boolean> shared = new CompletableFuture<>();
        // The agent's guard has heard and looks again; meanwhile the application converts.
        Fault looks = proxy.beforeReply(
                request -> request.opCode() == OpCode.getData && mentions(request, registration),
                () -> grant.downgrade().whenComplete((how, failure) -> shared.complete(how)));
        server.client().delete(registration, -1);
        looks.await(SOON);
        await().until(() -> !agent.isAlive());
        assertThat(shared.get(5, TimeUnit.SECONDS)).isFalse();
        await().atMost(Duration.ofSeconds(3))
                .untilAsserted(() -> assertThat(contenders(PATH)).isEmpty());
    }

    @Test
    void aRenewalThatWasConfirmedSurvivesAConversion() throws Exception {
        Duration hour = Duration.ofHours(1);
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks cleo = agent(through(proxy, SESSION), "Cleo");
        LockGrant grant = cleo.acquire(PATH, PATIENT.shared().forAtMost(Duration.ofSeconds(30)))
                .orElseThrow();
        CompletableFuture<Boolean> renewed = new CompletableFuture<>();
        // The upgrade has looked and is about to be sent when the application renews.
        proxy.beforeReply(request -> request.opCode() == OpCode.getChildren2, () -> grant.renew(hour)
                .whenComplete((how, failure) -> renewed.complete(how)));
        LockGrant exclusive = cleo.acquire(PATH, PATIENT).orElseThrow();
        assertThat(exclusive.mode()).isEqualTo(LockMode.EXCLUSIVE);
        assertThat(renewed.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(grant.leaseLeft().orElseThrow()).isGreaterThan(Duration.ofMinutes(50));
        assertThat(new String(server.client().getData(contender(PATH), false, null), StandardCharsets.UTF_8))
                .as("what the leading coordinator counts")
                .contains("\"leaseMillis\":" + hour.toMillis());
    }

    @Test
    void aRenewalInFlightDoesNotForgetTheTokenOfADowngrade() throws Exception {
        Duration hour = Duration.ofHours(1);
        LockGrant grant =
                ada.acquire(PATH, PATIENT.forAtMost(Duration.ofSeconds(30))).orElseThrow();
        CompletableFuture<Boolean> renewed = grant.renew(hour).toCompletableFuture();
        assertThat(grant.downgrade().toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isTrue();
        assertThat(renewed.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(grant.renew(hour).toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isTrue();
        assertThat(bumba.lockTable().read().locks().get(0).holders().get(0).token())
                .isEqualTo(grant.token());
    }

    @Test
    void aLockAllThatIsCancelledTakesNothingFromItsRepetition() throws Exception {
        LockGrant held = bob.acquire(OTHER, PATIENT).orElseThrow();
        LockOptions asked = PATIENT.asRequest("r-1");
        CompletableFuture<LockAllResult> first = ada.lockAllAsync(PathSet.of(PATH, OTHER), asked);
        awaitWaiters(bumba, OTHER, 1);
        CompletableFuture<LockAllResult> again = ada.lockAllAsync(PathSet.of(PATH, OTHER), asked);
        assertThat(first.cancel(true)).isTrue();
        held.close();
        LockAllResult answer = again.get(10, TimeUnit.SECONDS);
        assertThat(answer).isInstanceOf(LockAllResult.Granted.class);
        GrantSet set = ((LockAllResult.Granted) answer).held();
        assertThat(set.grants()).allMatch(LockGrant::isValid);
        assertThat(contenders(PATH)).hasSize(1);
    }

    @Test
    void anAgentIsNotRefusedByItsOwnExpiredLease() throws Exception {
        int refused = 0;
        for (int i = 0; i < 10; i++) {
            LockGrant grant =
                    ada.acquire(PATH, PATIENT.forAtMost(Duration.ofMillis(100))).orElseThrow();
            CompletableFuture<Void> lost = new CompletableFuture<>();
            grant.onLost(Runnable::run, () -> lost.complete(null));
            while (grant.isValid()) {
                Thread.onSpinWait();
            }
            LockResult next = ada.acquire(PATH, LockOptions.tryNow());
            if (next.grant().isPresent()) {
                next.orElseThrow().close();
            } else {
                refused++;
            }
            await().until(() -> contenders(PATH).isEmpty());
        }
        assertThat(refused).isZero();
    }

    @Test
    void aShorterLeaseWhoseReplyIsLostEndsNoLaterThanItsZnodeSays() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks cleo = agent(through(proxy, SESSION), "Cleo");
        LockGrant grant =
                cleo.acquire(PATH, PATIENT.forAtMost(Duration.ofHours(1))).orElseThrow();
        Fault lost = proxy.loseReplyTo(OpCode.multi);
        assertThat(grant.renew(Duration.ofMinutes(1)).toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isFalse();
        lost.await(SOON);
        String said = new String(server.client().getData(contender(PATH), false, null), StandardCharsets.UTF_8);
        assertThat(said.contains("\"leaseMillis\":60000")
                        && grant.leaseLeft().orElseThrow().compareTo(Duration.ofMinutes(1)) > 0)
                .as("the leading coordinator ends it before its holder does: %s", said)
                .isFalse();
    }

    @Test
    void anUpgradeThatFailsLeavesNoContenderOfAHolderThatWasToldOfItsLoss() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks cleo = agent(through(proxy, SESSION), "Cleo");
        LockGrant shared = cleo.acquire(PATH, PATIENT.shared()).orElseThrow();
        raiseBeforeEachConversion(proxy);
        assertThat(cleo.acquire(PATH, PATIENT).grant()).isEmpty();
        if (shared.isValid()) {
            assertThat(contenders(PATH)).hasSize(1);
        } else {
            await().atMost(Duration.ofSeconds(3))
                    .untilAsserted(() -> assertThat(contenders(PATH)).isEmpty());
        }
    }

    /** As newcomers do that come and go. */
    private void raiseBeforeEachConversion(TcpProxy proxy) {
        Fault unused = proxy.beforeRequest(AttackTest::converts, () -> {
            raiseBeforeEachConversion(proxy);
            try {
                server.client().setData(lockNode(PATH), new byte[0], -1);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void anUpgradeIsAnsweredWithinItsPatience() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        FileLocks cleo = agent(through(proxy, SESSION), "Cleo");
        LockGrant shared = cleo.acquire(PATH, PATIENT.shared()).orElseThrow();
        proxy.stall();
        CompletableFuture<LockResult> upgrade = cleo.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofMillis(300)));
        assertThat(upgrade.get(4, TimeUnit.SECONDS)).isInstanceOf(LockResult.TimedOut.class);
        proxy.pass();
        shared.close();
    }

    @Test
    void aRequestThatIsCancelledWhileItsTurnComesLeavesTheLine() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba connection = through(proxy, SESSION);
        Workshop shop = workshop(connection);
        AtomicReference<Runnable> inBegin = new AtomicReference<>(() -> {});
        Workshop hooked = new Workshop(
                shop.client(),
                shop.layout(),
                shop.borders(),
                shop.containers(),
                shop.encounters(),
                shop.clock(),
                shop.callbacks(),
                shop.events(),
                () -> {
                    if (StackWalker.getInstance()
                            .walk(frames -> frames.anyMatch(
                                    frame -> frame.getMethodName().equals("begin")))) {
                        inBegin.getAndSet(() -> {}).run();
                    }
                    return shop.nanos().getAsLong();
                },
                shop.time(),
                shop.operationTimeout());
        FileLocks cleo =
                new FileLocks(hooked, connection.register(AgentSpec.of("Tester", "Cleo")), WorkspaceSettings.DEFAULT);
        LockGrant first = cleo.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> bobs = bob.acquireAsync(PATH, PATIENT);
        awaitWaiters(bumba, PATH, 1);
        CountDownLatch letGo = new CountDownLatch(1);
        Fault held = proxy.beforeReply(LockFixture::deletesContender, () -> hold(letGo));
        CompletableFuture<ReleaseResult> released = first.releaseAsync().toCompletableFuture();
        CompletableFuture<LockResult> joins = cleo.acquireAsync(PATH, PATIENT);
        inBegin.set(() -> {
            Thread canceller = new Thread(() -> joins.cancel(true));
            canceller.start();
            await().until(() ->
                    canceller.getState() == Thread.State.BLOCKED || canceller.getState() == Thread.State.TERMINATED);
        });
        letGo.countDown();
        held.await(SOON);
        assertThat(released.get(5, TimeUnit.SECONDS)).isEqualTo(ReleaseResult.RELEASED);
        LockGrant next = bobs.get(5, TimeUnit.SECONDS).orElseThrow();
        await().until(joins::isCancelled);
        await().atMost(Duration.ofSeconds(4)).during(Duration.ofSeconds(2)).untilAsserted(() -> {
            assertThat(contenders(PATH)).hasSize(1);
            assertThat(bumba.lockTable().read().locks().get(0).waiters()).isEmpty();
        });
        next.close();
    }
}
