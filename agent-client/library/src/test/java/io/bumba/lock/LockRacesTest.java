package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.Sessions;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.Watches;
import io.bumba.testkit.ZkServer;
import io.bumba.zk.Session;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each test asserts a promise; a failing one shows the break. */
@Timeout(120)
class LockRacesTest {
    private static final int MULTI = 14;
    private static final int GET_DATA = 4;
    private static final int GET_CHILDREN2 = 12;
    private static final int DELETE = 2;
    private static final RepoPath PATH = RepoPath.of("src/a.js");
    private static final RepoPath OTHER = RepoPath.of("src/b.js");
    private static final LockOptions PATIENT = LockOptions.waitUpTo(Duration.ofSeconds(60));

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() {
        Collections.reverse(toClose);
        for (AutoCloseable each : toClose) {
            try {
                each.close();
            } catch (Exception e) {
                System.out.println("closing: " + e);
            }
        }
    }

    private BumbaConfig.Builder config(String connect, Duration session) {
        return BumbaConfig.builder(connect).root(root).sessionTimeout(session).lanes(1);
    }

    private Bumba direct() {
        return keep(Bumba.connect(
                config(server.connectString(), Duration.ofSeconds(5)).build()));
    }

    private <T extends AutoCloseable> T keep(T it) {
        toClose.add(it);
        return it;
    }

    private static FileLocks agent(Bumba bumba, String name) {
        return bumba.locks(bumba.register(AgentSpec.of("Tester", name)));
    }

    private LockEntry entry(Bumba bumba, RepoPath path) {
        return bumba.lockTable().read().locks().stream()
                .filter(e -> e.path().equals(path))
                .findFirst()
                .orElse(new LockEntry(path, List.of(), List.of(), List.of()));
    }

    private String lockNode(RepoPath path) {
        return root + "/workspaces/default/locks/" + path.value() + "@lock";
    }

    private List<String> contenders(RepoPath path) throws Exception {
        return server.client().getChildren(lockNode(path), false);
    }

    private static int firstOp(TcpProxy.Request r) {
        return r.opCode() == MULTI && r.frame().length > 12
                ? ByteBuffer.wrap(r.frame()).getInt(8)
                : -1;
    }

    private static boolean mentions(TcpProxy.Request r, String text) {
        return new String(r.frame(), StandardCharsets.ISO_8859_1).contains(text);
    }

    private static ExecutorService shutDownExecutor() {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        executor.shutdownNow();
        return executor;
    }

    // 1a: one agent's callback executor that rejects, and all other agents never hear that the session ended (P3)
    @Test
    void a01_oneRejectingExecutorSilencesTheEndOfTheSessionForOthers() throws Exception {
        Bumba bumba = direct();
        Agent bad = bumba.register(AgentSpec.of("Tester", "Bad"));
        bumba.locks(bad).acquire(PATH, PATIENT).orElseThrow().onLost(shutDownExecutor(), () -> {});
        AtomicInteger told = new AtomicInteger();
        List<Agent> agents = new ArrayList<>();
        List<FileLocks> locks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Agent a = bumba.register(AgentSpec.of("Tester", "G" + i));
            agents.add(a);
            locks.add(bumba.locks(a));
            locks.get(i)
                    .acquire(RepoPath.of("f" + i), PATIENT)
                    .orElseThrow()
                    .onLost(Runnable::run, told::incrementAndGet);
        }
        List<CompletableFuture<LockResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(locks.get(i).acquireAsync(PATH, PATIENT));
        }
        await().until(() -> entry(bumba, PATH).waiters().size() == 20);
        Sessions.expireAtServer(server, bad.session().id());
        await().atMost(Duration.ofSeconds(10)).until(() -> bad.session().isOver());
        Thread.sleep(5_000);
        System.out.println("A01 told=" + told + "/20 agentsStillAlive="
                + agents.stream().filter(Agent::isAlive).count() + "/20 pendingRequests="
                + waiting.stream().filter(f -> !f.isDone()).count() + "/20 heldBy="
                + locks.stream().filter(l -> !l.held().isEmpty()).count());
        assertThat(told).hasValue(20);
    }

    // 1b: the same in VERIFYING: the session never becomes live again (nobody can lock or release)
    @Test
    void a02_aRejectingExecutorLeavesTheSessionInVerifyingForEver() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(config(proxy.connectString(), Duration.ofSeconds(30))
                .operationTimeout(Duration.ofSeconds(2))
                .build()));
        FileLocks ada = agent(bumba, "Ada");
        Agent bobAgent = bumba.register(AgentSpec.of("Tester", "Bob"));
        FileLocks bob = bumba.locks(bobAgent);
        LockGrant bobs = bob.acquire(OTHER, PATIENT).orElseThrow();
        LockGrant adas = ada.acquire(PATH, PATIENT).orElseThrow();
        adas.onLost(shutDownExecutor(), () -> {});
        proxy.refuse();
        await().until(() -> !bobs.isValid());
        server.client().delete(lockNode(PATH) + "/" + contenders(PATH).get(0), -1);
        proxy.pass();
        Thread.sleep(10_000);
        Object next;
        try {
            next = bob.acquire(RepoPath.of("third"), LockOptions.tryNow());
        } catch (BumbaException e) {
            next = e.code() + " " + e.getMessage();
        }
        System.out.println("A02 10 s after the network is back: state="
                + bobAgent.session().state() + " bobs.isValid=" + bobs.isValid() + " bob's next tryNow=" + next);
        assertThat(bobAgent.session().state()).isEqualTo(Session.State.LIVE);
    }

    // 2: interrupt and grant at once: a hold that nobody owns
    @Test
    void a03_anInterruptedAcquireLeavesNothingBehind() throws Exception {
        Bumba bumba = direct();
        FileLocks ada = agent(bumba, "Ada");
        FileLocks bob = agent(bumba, "Bob");
        long delay = 500_000;
        int leaks = 0;
        int interrupted = 0;
        int rounds = 0;
        int granted = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(45);
        while (leaks == 0 && System.nanoTime() < end) {
            rounds++;
            LockGrant held = ada.acquire(PATH, PATIENT).orElseThrow();
            AtomicReference<Object> outcome = new AtomicReference<>();
            Thread waiter = new Thread(
                    null,
                    () -> deep(800, () -> {
                        try {
                            outcome.set(bob.acquire(PATH, PATIENT));
                        } catch (InterruptedException e) {
                            outcome.set(e);
                        }
                    }),
                    "waiter",
                    16 << 20);
            waiter.start();
            Thread.sleep(6);
            held.releaseAsync();
            long at = System.nanoTime() + delay;
            while (System.nanoTime() < at) {
                Thread.onSpinWait();
            }
            waiter.interrupt();
            waiter.join();
            if (outcome.get() instanceof LockResult got) {
                granted++;
                delay = Math.max(0, delay - 20_000 - (rounds % 7) * 3_000L);
                got.grant().ifPresent(LockGrant::release);
            } else {
                interrupted++;
                delay += 20_000 + rounds % 5 * 3_000;
                Thread.sleep(15);
                if (!bob.held().isEmpty()) {
                    Thread.sleep(1_000);
                    if (!bob.held().isEmpty()) {
                        leaks++;
                    }
                }
            }
        }
        System.out.println("A03 rounds=" + rounds + " granted=" + granted + " interrupted=" + interrupted + " leaked="
                + leaks + " bob.held=" + bob.held() + " ada's tryNow="
                + (leaks > 0 ? ada.acquire(PATH, LockOptions.tryNow()) : "-"));
        assertThat(leaks).isZero();
    }

    private static void deep(int depth, Runnable work) {
        if (depth == 0) {
            work.run();
        } else {
            deep(depth - 1, work);
        }
    }

    // 3: close of an agent that is interrupted (or times out) leaves its locks for as long as the session lives
    @Test
    void a04_anInterruptedCloseOfAnAgentLeavesItsLocks() throws Exception {
        Bumba bumba = direct();
        FileLocks bob = agent(bumba, "Bob");
        bob.acquire(OTHER, PATIENT).orElseThrow();
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        FileLocks adas = bumba.locks(ada);
        adas.acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> unused = adas.acquireAsync(OTHER, PATIENT);
        await().until(() -> entry(bumba, OTHER).waiters().size() == 1);
        Thread.currentThread().interrupt();
        try {
            ada.close();
        } catch (BumbaException e) {
            System.out.println("A04 close: " + e.getMessage());
        }
        Thread.interrupted();
        ada.close();
        ada.close();
        Thread.sleep(3_000);
        LockResult tried = bob.acquire(PATH, LockOptions.tryNow());
        System.out.println("A04 ada.record=" + ada.record().status() + " ada.held=" + adas.held() + " bob's tryNow: "
                + tried.message() + " registered=" + server.client().getChildren(root + "/agents", false));
        assertThat(tried).isInstanceOf(LockResult.Granted.class);
    }

    // 4: the registration is deleted by an operator; the contenders' delete is sent once
    @Test
    void a05_theLocksOfAnAgentThatAnOperatorEndedStayWhenOneRequestIsLost() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(
                config(proxy.connectString(), Duration.ofSeconds(5)).build()));
        Bumba other = direct();
        FileLocks bob = agent(other, "Bob");
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        bumba.locks(ada).acquire(PATH, PATIENT).orElseThrow();
        Thread.sleep(1_000);
        Fault lost = proxy.loseRequest(r -> firstOp(r) == DELETE && mentions(r, "@lock/_c_"));
        server.client().delete(root + "/agents/" + ada.id().value(), -1);
        lost.await(Duration.ofSeconds(5));
        await().until(() -> !ada.isAlive());
        await().atMost(Duration.ofSeconds(10)).until(bumba::isConnected);
        Thread.sleep(5_000);
        LockResult tried = bob.acquire(PATH, LockOptions.tryNow());
        System.out.println("A05 agent=" + ada.record().status() + " session="
                + ada.session().state() + " bob's tryNow: " + tried.message());
        assertThat(tried).isInstanceOf(LockResult.Granted.class);
    }

    // 5: RELEASED though somebody else had deleted the node, and another agent held, before release was called
    @Test
    void a06_aLockThatWasDeletedAndGivenToAnotherIsNotReportedReleased() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(
                config(proxy.connectString(), Duration.ofSeconds(20)).build()));
        Bumba other = direct();
        FileLocks bob = agent(other, "Bob");
        FileLocks ada = agent(bumba, "Ada");
        LockGrant adas = ada.acquire(PATH, PATIENT).orElseThrow();
        AtomicBoolean told = new AtomicBoolean();
        adas.onLost(Runnable::run, () -> told.set(true));
        server.client().delete(lockNode(PATH) + "/" + contenders(PATH).get(0), -1);
        LockGrant bobs = bob.acquire(PATH, LockOptions.tryNow()).orElseThrow();
        Fault lost = proxy.loseRequest(r -> firstOp(r) == DELETE && mentions(r, "@lock/_c_"));
        CompletableFuture<ReleaseResult> released = adas.releaseAsync().toCompletableFuture();
        lost.await(Duration.ofSeconds(5));
        ReleaseResult result = released.get(15, TimeUnit.SECONDS);
        System.out.println("A06 ada's release after bob got token " + bobs.token() + " > " + adas.token() + ": "
                + result + " onLost=" + told);
        assertThat(result).isEqualTo(ReleaseResult.LOST);
    }

    // 6: an impatient request that never completes while there is no connection
    @Test
    void a07_aTryCompletesWithinTheOperationTimeoutThoughNobodyAnswers() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(config(proxy.connectString(), Duration.ofSeconds(60))
                .operationTimeout(Duration.ofSeconds(1))
                .build()));
        agent(direct(), "Bob").acquire(PATH, PATIENT).orElseThrow();
        FileLocks ada = agent(bumba, "Ada");
        CompletableFuture<LockResult> unused = ada.acquireAsync(PATH, PATIENT);
        await().until(() -> entry(bumba, PATH).waiters().size() == 1);
        proxy.refuse();
        Thread.sleep(500);
        CompletableFuture<LockResult> tried = ada.acquireAsync(PATH, LockOptions.tryNow());
        CompletableFuture<LockResult> alone =
                ada.acquireAsync(OTHER, LockOptions.tryNow()).exceptionally(e -> null);
        Thread.sleep(15_000);
        System.out.println("A07 15 s after tryNow with operationTimeout 1 s: done=" + tried.isDone()
                + " (a file of which nobody waits: done=" + alone.isDone() + ")");
        boolean done = tried.isDone();
        proxy.pass();
        assertThat(done).isTrue();
    }

    // 7: a joiner's timer that fires between drain and submit is never set again
    @Test
    void a08_aJoinerThatTimesOutWhileItIsMovedStillTimesOut() throws Exception {
        Bumba bumba = direct();
        agent(bumba, "Bob").acquire(PATH, PATIENT).orElseThrow();
        Agent real = bumba.register(AgentSpec.of("Tester", "Ada"));
        AtomicBoolean pauseNext = new AtomicBoolean();
        Agent paused = (Agent) Proxy.newProxyInstance(
                Agent.class.getClassLoader(), new Class<?>[] {Agent.class}, (p, method, args) -> {
                    if (method.getName().equals("touch") && pauseNext.compareAndSet(true, false)) {
                        Thread.sleep(600); // the thread is not scheduled for a while
                    }
                    return method.invoke(real, args);
                });
        FileLocks ada = new FileLocks(workshop(bumba), paused, Duration.ofSeconds(5));
        CompletableFuture<LockResult> first = ada.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofSeconds(1)));
        CompletableFuture<LockResult> unused = ada.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofSeconds(40)));
        CompletableFuture<LockResult> joiner = ada.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofMillis(1_200)));
        pauseNext.set(true);
        first.get(5, TimeUnit.SECONDS);
        Thread.sleep(12_000);
        System.out.println("A08 12 s after a wait of 1.2 s: done=" + joiner.isDone());
        assertThat(joiner).isDone();
    }

    private static Workshop workshop(Bumba bumba) throws Exception {
        Field field = Bumba.class.getDeclaredField("workshop");
        field.setAccessible(true);
        return (Workshop) field.get(bumba);
    }

    // 8: two Bumbas over one application client take back each other's watches
    @Test
    void a09_twoAttachedConnectionsDoNotLoseEachOthersWakeUps() throws Exception {
        CuratorFramework client =
                CuratorFrameworkFactory.newClient(server.connectString(), 5_000, 5_000, new RetryNTimes(2, 100));
        client.start();
        keep(client);
        BumbaConfig config =
                config(server.connectString(), Duration.ofSeconds(5)).build();
        Bumba one = keep(Bumba.attach(client, config));
        Bumba two = keep(Bumba.attach(client, config));
        Bumba looker = direct();
        LockGrant holder = agent(looker, "Holder").acquire(PATH, PATIENT).orElseThrow();
        CompletableFuture<LockResult> first = agent(one, "One").acquireAsync(PATH, PATIENT);
        await().until(() -> entry(looker, PATH).waiters().size() == 1);
        CompletableFuture<LockResult> second = agent(two, "Two").acquireAsync(PATH, PATIENT);
        await().until(() -> entry(looker, PATH).waiters().size() == 2);
        Thread.sleep(500);
        second.cancel(true);
        await().until(() -> entry(looker, PATH).waiters().size() == 1);
        Thread.sleep(500);
        holder.close();
        Thread.sleep(8_000);
        System.out.println(
                "A09 8 s after the release: first waiter done=" + first.isDone() + ", the line: " + contenders(PATH));
        assertThat(first).isDone();
    }

    // 9: a waiter whose step into the line lost its reply goes to the end of the queue
    @Test
    void a10_aLostReplyCostsNoPlace() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(
                config(proxy.connectString(), Duration.ofSeconds(20)).build()));
        Bumba other = direct();
        LockGrant holder = agent(other, "Holder").acquire(PATH, PATIENT).orElseThrow();
        List<String> served = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<LockResult> w0 = agent(other, "W0").acquireAsync(PATH, PATIENT);
        await().until(() -> entry(other, PATH).waiters().size() == 1);
        FileLocks w1Agent = agent(bumba, "W1");
        CompletableFuture<Void> w1 = w1Agent.acquireAsync(PATH, PATIENT).thenAccept(r -> serve("W1", served, r));
        await().until(() -> entry(other, PATH).waiters().size() == 2);
        CompletableFuture<Void> w2 =
                agent(other, "W2").acquireAsync(PATH, PATIENT).thenAccept(r -> serve("W2", served, r));
        await().until(() -> entry(other, PATH).waiters().size() == 3);
        Fault fault = proxy.loseReplyTo(r -> r.opCode() == MULTI && mentions(r, "@queue/") && mentions(r, "@lock/_c_"));
        holder.close();
        LockGrant w0s = w0.get(5, TimeUnit.SECONDS).orElseThrow();
        fault.await(Duration.ofSeconds(5));
        Thread.sleep(4_000);
        w0s.close();
        CompletableFuture.allOf(w1, w2).get(20, TimeUnit.SECONDS);
        System.out.println("A10 served " + served);
        assertThat(served).containsExactly("W1", "W2");
    }

    private static void serve(String who, List<String> served, LockResult result) {
        served.add(who);
        result.orElseThrow().close();
    }

    // 10: a newcomer that never waited passes the waiter that is on its way from the queue into the line
    @Test
    void a11_aNewcomerDoesNotPassTheFirstWaiter() throws Exception {
        TcpProxy proxyW = keep(TcpProxy.to(server));
        TcpProxy proxyD = keep(TcpProxy.to(server));
        Bumba bumbaW = keep(Bumba.connect(
                config(proxyW.connectString(), Duration.ofSeconds(20)).build()));
        Bumba bumbaD = keep(Bumba.connect(
                config(proxyD.connectString(), Duration.ofSeconds(20)).build()));
        Bumba other = direct();
        LockGrant holder = agent(other, "Holder").acquire(PATH, PATIENT).orElseThrow();
        List<String> served = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<LockResult> w0 = agent(other, "W0").acquireAsync(PATH, PATIENT);
        await().until(() -> entry(other, PATH).waiters().size() == 1);
        CompletableFuture<Void> w1 =
                agent(bumbaW, "W1").acquireAsync(PATH, PATIENT).thenAccept(r -> serve("W1", served, r));
        await().until(() -> entry(other, PATH).waiters().size() == 2);
        FileLocks newcomer = agent(bumbaD, "New");
        // warm the newcomer's memory of containers
        CountDownLatch newcomerContended = new CountDownLatch(1);
        CountDownLatch waiterContended = new CountDownLatch(1);
        proxyD.beforeRequest(r -> r.opCode() == GET_CHILDREN2 && mentions(r, "@lock"), () -> {
            newcomerContended.countDown();
            join(waiterContended);
        });
        AtomicReference<CompletableFuture<Void>> d = new AtomicReference<>();
        proxyW.beforeRequest(r -> r.opCode() == MULTI && mentions(r, "@queue/"), () -> {
            d.set(newcomer.acquireAsync(PATH, PATIENT).thenAccept(r -> serve("newcomer", served, r)));
            join(newcomerContended);
        });
        proxyW.beforeReply(r -> r.opCode() == MULTI && mentions(r, "@queue/"), waiterContended::countDown);
        holder.close();
        LockGrant w0s = w0.get(5, TimeUnit.SECONDS).orElseThrow();
        // the waiter's multi is one request: only one of the two hooks on it strikes
        Thread.sleep(1_000);
        waiterContended.countDown();
        Thread.sleep(1_000);
        w0s.close();
        w1.get(20, TimeUnit.SECONDS);
        java.util.Objects.requireNonNull(d.get()).get(20, TimeUnit.SECONDS);
        System.out.println("A11 served " + served);
        assertThat(served).containsExactly("W1", "newcomer");
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // 11: closing a Bumba completes what is asked
    @Test
    void a12_closeCompletesEveryPendingFuture() throws Exception {
        int pending = 0;
        int rounds = 0;
        agent(direct(), "Holder").acquire(PATH, PATIENT).orElseThrow();
        for (; rounds < 8 && pending == 0; rounds++) {
            Bumba bumba = Bumba.connect(
                    config(server.connectString(), Duration.ofSeconds(5)).build());
            List<CompletableFuture<LockResult>> all = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                all.add(agent(bumba, "A" + i).acquireAsync(PATH, PATIENT));
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> entry(bumba, PATH).waiters().size() >= 100);
            bumba.close();
            Thread.sleep(2_000);
            pending = (int) all.stream().filter(f -> !f.isDone()).count();
        }
        System.out.println("A12 rounds=" + rounds + " futures that never completed: " + pending + "/150");
        assertThat(pending).isZero();
    }

    // 12: the next operation of an ended agent gets a named refusal
    @Test
    void a13_anEndedAgentsNextLockIsRefusedByName() throws Exception {
        Bumba bumba = direct();
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        bumba.locks(ada).acquire(PATH, PATIENT).orElseThrow();
        Sessions.expireAtServer(server, ada.session().id());
        await().until(() -> !ada.isAlive());
        Object result;
        try {
            result = bumba.locks(ada).acquire(PATH, PATIENT);
        } catch (RuntimeException e) {
            result = e;
        }
        System.out.println("A13 " + result);
        assertThat(result).isInstanceOf(LockResult.Lost.class);
    }

    // 13: a registration that failed leaves no ghost
    @Test
    void a14_aRegistrationThatWasRefusedLeavesNoAgent() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(config(proxy.connectString(), Duration.ofSeconds(60))
                .operationTimeout(Duration.ofSeconds(1))
                .build()));
        Agent ada = bumba.register(AgentSpec.of("Tester", "Ada"));
        proxy.refuse();
        Thread.sleep(300);
        for (int i = 0; i < 3; i++) {
            try {
                bumba.register(AgentSpec.of("Tester", "Ghost" + i));
            } catch (BumbaException e) {
                System.out.println("A14 register: " + e.code() + " " + e.getMessage());
            }
        }
        proxy.pass();
        await().atMost(Duration.ofSeconds(10)).until(bumba::isConnected);
        Thread.sleep(3_000);
        List<String> agents = server.client().getChildren(root + "/agents", false);
        System.out.println("A14 session " + ada.session().state() + ", agents: " + agents);
        assertThat(agents).hasSize(1);
    }

    // 14: cancelling while the watch is on its way leaves the watch
    @Test
    void a15_aCancelledWaiterLeavesNoWatch() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(
                config(proxy.connectString(), Duration.ofSeconds(20)).build()));
        Bumba other = direct();
        agent(other, "Holder").acquire(PATH, PATIENT).orElseThrow();
        Agent adaAgent = bumba.register(AgentSpec.of("Tester", "Ada"));
        FileLocks ada = bumba.locks(adaAgent);
        AtomicReference<CompletableFuture<LockResult>> waiting = new AtomicReference<>();
        Fault fault = proxy.beforeReply(r -> r.opCode() == GET_DATA && mentions(r, "@lock/_c_"), () -> {
            java.util.Objects.requireNonNull(waiting.get()).cancel(true);
        });
        waiting.set(ada.acquireAsync(PATH, PATIENT));
        fault.await(Duration.ofSeconds(5));
        await().until(() -> entry(other, PATH).waiters().isEmpty());
        // more who wait and go in order: the last of them takes the watch back, if the count is right
        for (int i = 0; i < 3; i++) {
            CompletableFuture<LockResult> again = ada.acquireAsync(PATH, PATIENT);
            await().until(() -> entry(other, PATH).waiters().size() == 1);
            Thread.sleep(200);
            again.cancel(true);
            await().until(() -> entry(other, PATH).waiters().isEmpty());
        }
        Thread.sleep(1_000);
        String mine = "0x" + Long.toHexString(adaAgent.session().id());
        List<String> left = new ArrayList<>();
        String node = "";
        for (String line : Watches.list(server).lines().toList()) {
            if (line.startsWith("/")) {
                node = line.trim();
            } else if (line.trim().equals(mine) && node.contains("@lock/") && node.startsWith(root + "/")) {
                left.add(node);
            }
        }
        System.out.println("A15 watches of ada's session left: " + left);
        assertThat(left).isEmpty();
    }

    // 15: isValid after the server has given the lock to somebody else
    @Test
    void a16_aGrantIsInvalidBeforeTheServersGiveItAway() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(
                config(proxy.connectString(), Duration.ofSeconds(4)).build()));
        Bumba other = direct();
        FileLocks bob = agent(other, "Bob");
        FileLocks ada = agent(bumba, "Ada");
        LockGrant grant = ada.acquire(PATH, PATIENT).orElseThrow();
        int files = 5;
        for (int i = 0; i < files; i++) {
            ada.acquire(RepoPath.of("w" + i), PATIENT).orElseThrow();
        }
        Thread.sleep(1_500);
        proxy.dropRequests();
        for (int i = 0; i < files; i++) {
            Thread.sleep(450);
            RepoPath w = RepoPath.of("w" + i);
            server.client().setData(lockNode(w) + "/" + contenders(w).get(0), new byte[] {1}, -1);
        }
        proxy.blackhole();
        LockGrant bobs =
                bob.acquire(PATH, LockOptions.waitUpTo(Duration.ofSeconds(10))).orElseThrow();
        long since = System.nanoTime();
        boolean both = grant.isValid() && bobs.isValid();
        while (grant.isValid()) {
            Thread.sleep(5);
        }
        System.out.println("A16 both valid=" + both + " for " + (System.nanoTime() - since) / 1_000_000 + " ms; tokens "
                + grant.token() + " < " + bobs.token());
        assertThat(both).isFalse();
    }

    // 16: whenLive runs others' continuations under this agent's lock
    @Test
    void a17_twoAgentsDoNotDeadlockWhenTheSessionBecomesLive() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = keep(Bumba.connect(
                config(proxy.connectString(), Duration.ofSeconds(20)).build()));
        Workshop shop = workshop(bumba);
        CountDownLatch live = new CountDownLatch(1);
        CountDownLatch bothIn = new CountDownLatch(12);
        AtomicBoolean armed = new AtomicBoolean();
        java.util.concurrent.ScheduledExecutorService slow =
                (java.util.concurrent.ScheduledExecutorService) Proxy.newProxyInstance(
                        Agent.class.getClassLoader(),
                        new Class<?>[] {java.util.concurrent.ScheduledExecutorService.class},
                        (p, m, args) -> {
                            String thread = Thread.currentThread().getName();
                            if (armed.get() && thread.startsWith("slow-")) {
                                bothIn.countDown();
                                live.await(); // the thread is not scheduled until the session is live
                            }
                            return m.invoke(shop.clock(), args);
                        });
        Workshop slowShop = new Workshop(
                shop.client(),
                shop.layout(),
                shop.ledger(),
                shop.containers(),
                shop.lanes(),
                shop.encounters(),
                slow,
                shop.callbacks(),
                shop.events(),
                shop.nanos(),
                shop.time(),
                shop.operationTimeout());
        int n = 12;
        List<FileLocks> many = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            many.add(new FileLocks(slowShop, bumba.register(AgentSpec.of("Tester", "A" + i)), Duration.ofSeconds(5)));
            many.get(i).acquire(RepoPath.of("d" + i), PATIENT).orElseThrow();
        }
        AtomicBoolean hold = new AtomicBoolean();
        keep(bumba.events().listen(event -> {
            if (hold.get() && event.toString().contains("LIVE")) {
                live.countDown(); // the event thread is not scheduled for a moment
                try {
                    Thread.sleep(500);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }));
        proxy.refuse();
        await().until(() -> !bumba.isConnected());
        List<CompletableFuture<LockResult>> all = Collections.synchronizedList(new ArrayList<>());
        for (int i = n - 1; i >= 0; i--) {
            all.add(many.get(i).acquireAsync(RepoPath.of("d" + i), PATIENT));
        }
        armed.set(true);
        for (int i = 0; i < n; i++) {
            int me = i;
            Thread t =
                    new Thread(() -> all.add(many.get(me).acquireAsync(RepoPath.of("d" + me), PATIENT)), "slow-" + i);
            t.setDaemon(true);
            t.start();
        }
        bothIn.await();
        armed.set(false);
        hold.set(true);
        proxy.pass();
        Thread.sleep(8_000);
        long[] dead = java.lang.management.ManagementFactory.getThreadMXBean().findDeadlockedThreads();
        System.out.println("A17 session live=" + bumba.isConnected() + ", deadlocked threads: "
                + (dead == null
                        ? "none"
                        : java.util.Arrays.stream(java.lang.management.ManagementFactory.getThreadMXBean()
                                        .getThreadInfo(dead, 40))
                                .map(i -> i.getThreadName() + " waits for " + i.getLockName() + " of "
                                        + i.getLockOwnerName())
                                .toList())
                + " done=" + all.stream().filter(CompletableFuture::isDone).count() + "/" + all.size());
        assertThat(dead).isNull();
    }

    // 17: an attached connection leaves a watcher in the application's client
    @Test
    void a18_anAttachedConnectionThatWasClosedLeavesNoWatcher() throws Exception {
        CuratorFramework client =
                CuratorFrameworkFactory.newClient(server.connectString(), 5_000, 5_000, new RetryNTimes(2, 100));
        client.start();
        keep(client);
        BumbaConfig config =
                config(server.connectString(), Duration.ofSeconds(5)).build();
        for (int i = 0; i < 30; i++) {
            Bumba.attach(client, config).close();
        }
        Thread.sleep(1_000);
        java.lang.reflect.Method manager = org.apache.zookeeper.ZooKeeper.class.getDeclaredMethod("getWatchManager");
        manager.setAccessible(true);
        Object watches = manager.invoke(client.getZookeeperClient().getZooKeeper());
        int left = 0;
        for (String kind : List.of("getDataWatches", "getExistWatches")) {
            java.lang.reflect.Method get = watches.getClass().getDeclaredMethod(kind);
            get.setAccessible(true);
            for (Object set : ((Map<?, ?>) get.invoke(watches)).values()) {
                left += ((java.util.Set<?>) set).size();
            }
        }
        System.out.println("A18 watchers left in the application's client after 30 x attach and close: " + left);
        assertThat(left).isZero();
    }

    static final Map<String, String> UNUSED = Map.of();
}
