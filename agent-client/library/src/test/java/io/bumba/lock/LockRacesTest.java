package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.zk.WorkspaceSettings;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two things at once: who wins, and what the loser leaves. */
@Timeout(60)
class LockRacesTest extends LockFixture {
    /** How many frames a stack trace takes; filling it holds the interrupted thread up, which widens the window. */
    private static final int DEEP = 1_000;

    @Test
    void anInterruptedAcquireLeavesNothingBehind() throws Exception {
        // No hook lies between the interruption and the withdrawal: some rounds, steered by how the last one went.
        Bumba bumba = direct();
        FileLocks ada = agent(bumba, "Ada");
        Agent bobAgent = bumba.register(AgentSpec.of("Tester", "Bob"));
        FileLocks bob = bumba.locks(bobAgent);
        AtomicReference<Thread> waiter = new AtomicReference<>(new Thread());
        AtomicInteger spins = new AtomicInteger(200);
        keep(bumba.events().listen(event -> {
            if (event instanceof Event.LockGranted granted
                    && granted.agent().equals(bobAgent.id().value())) {
                Objects.requireNonNull(waiter.get()).interrupt();
                for (int i = spins.get(); i > 0; i--) {
                    Thread.onSpinWait();
                }
            }
        }));
        for (int round = 0; round < 100; round++) {
            CompletableFuture<LockResult> outcome = new CompletableFuture<>();
            Thread thread = new Thread(null, () -> deep(DEEP, () -> acquire(bob, outcome)), "waiter", 16 << 20);
            waiter.set(thread);
            thread.start();
            thread.join();
            if (outcome.isCompletedExceptionally()) {
                spins.updateAndGet(n -> Math.max(0, n * 9 / 10 - 1));
            } else {
                spins.updateAndGet(n -> n * 5 / 4 + 10);
                outcome.get().orElseThrow().close();
            }
            ada.acquire(PATH, LockOptions.waitUpTo(Duration.ofSeconds(5)))
                    .orElseThrow()
                    .close();
        }
    }

    private static void acquire(FileLocks locks, CompletableFuture<LockResult> outcome) {
        try {
            outcome.complete(locks.acquire(PATH, PATIENT));
        } catch (InterruptedException e) {
            outcome.completeExceptionally(e);
        }
    }

    private static void deep(int depth, Runnable work) {
        if (depth == 0) {
            work.run();
        } else {
            deep(depth - 1, work);
        }
    }

    @Test
    void aJoinerWhoseTimerFiresWhileItIsMovedStillTimesOut() throws Exception {
        Bumba bumba = direct();
        agent(bumba, "Bob").acquire(PATH, PATIENT).orElseThrow();
        HandClock clock = new HandClock();
        Agent real = bumba.register(AgentSpec.of("Tester", "Ada"));
        AtomicBoolean moving = new AtomicBoolean();
        Agent agent = (Agent) Proxy.newProxyInstance(
                Agent.class.getClassLoader(), new Class<?>[] {Agent.class}, (proxy, method, args) -> {
                    if (method.getName().equals("touch") && moving.compareAndSet(true, false)) {
                        clock.fire(Duration.ofMinutes(2));
                    }
                    return method.invoke(real, args);
                });
        FileLocks ada = new FileLocks(with(workshop(bumba), clock.service()), agent, WorkspaceSettings.DEFAULT);
        CompletableFuture<LockResult> first = ada.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofMinutes(1)));
        awaitWaiters(bumba, PATH, 1);
        CompletableFuture<LockResult> second = ada.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofMinutes(3)));
        CompletableFuture<LockResult> joiner = ada.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofMinutes(2)));
        moving.set(true);
        assertThat(clock.fire(Duration.ofMinutes(1))).isTrue();
        assertThat(first.get(5, TimeUnit.SECONDS)).isInstanceOf(LockResult.TimedOut.class);
        await().atMost(SOON).until(() -> clock.fire(Duration.ofMinutes(2)));
        assertThat(joiner.get(5, TimeUnit.SECONDS)).isInstanceOf(LockResult.TimedOut.class);
        assertThat(second).isNotDone();
    }

    @Test
    void twoConnectionsOverOneClientDoNotTakeBackEachOthersWatches() throws Exception {
        CuratorFramework client = application();
        BumbaConfig config =
                config(server.connectString(), Duration.ofSeconds(5)).build();
        Bumba one = keep(Bumba.attach(client, config));
        Bumba two = keep(Bumba.attach(client, config));
        Bumba looker = direct();
        LockGrant holder = agent(looker, "Holder").acquire(PATH, PATIENT).orElseThrow();
        FileLocks first = agent(one, "First");
        FileLocks second = agent(two, "Second");
        int before = watchersIn(client);
        CompletableFuture<LockResult> stays = first.acquireAsync(PATH, PATIENT);
        awaitWaiters(looker, PATH, 1);
        CompletableFuture<LockResult> leaves = second.acquireAsync(PATH, PATIENT);
        awaitWaiters(looker, PATH, 2);
        await().until(() -> watchersIn(client) >= before + 2);
        leaves.cancel(true);
        awaitWaiters(looker, PATH, 1);
        holder.close();
        assertThat(stays.get(10, TimeUnit.SECONDS)).isInstanceOf(LockResult.Granted.class);
    }

    @Test
    void aLostReplyCostsAWaiterNoPlace() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = through(proxy, Duration.ofSeconds(20));
        Bumba other = direct();
        LockGrant holder = agent(other, "Holder").acquire(PATH, PATIENT).orElseThrow();
        List<String> served = new CopyOnWriteArrayList<>();
        CompletableFuture<LockResult> next = agent(other, "Next").acquireAsync(PATH, PATIENT);
        awaitWaiters(other, PATH, 1);
        CompletableFuture<Void> first = serve("first", served, agent(bumba, "First"));
        awaitWaiters(other, PATH, 2);
        CompletableFuture<Void> second = serve("second", served, agent(other, "Second"));
        awaitWaiters(other, PATH, 3);
        Fault lost = proxy.loseReplyTo(r -> mentions(r, "@queue/") && mentions(r, "@lock/_c_"));
        holder.close();
        LockGrant held = next.get(5, TimeUnit.SECONDS).orElseThrow();
        lost.await(SOON);
        // It watches the holder, or (the fault) goes back into the queue.
        Fault decided = proxy.beforeReply(
                r -> (r.opCode() == OpCode.getData && mentions(r, "@lock/_c_") && !mentions(r, Contender.PROMOTED))
                        || (r.opCode() == OpCode.multi && mentions(r, "@queue/")),
                () -> {});
        decided.await(SOON);
        held.close();
        CompletableFuture.allOf(first, second).get(20, TimeUnit.SECONDS);
        assertThat(served).containsExactly("first", "second");
    }

    private static CompletableFuture<Void> serve(String who, List<String> served, FileLocks locks) {
        return locks.acquireAsync(PATH, PATIENT).thenAccept(result -> {
            served.add(who);
            result.orElseThrow().close();
        });
    }

    @Test
    void aNewcomerDoesNotPassTheFirstWaiter() throws Exception {
        // The newcomer contends after the waiter has seen its turn, and before the waiter contends.
        TcpProxy waiters = keep(TcpProxy.to(server));
        TcpProxy newcomers = keep(TcpProxy.to(server));
        Bumba other = direct();
        FileLocks waiter = agent(through(waiters, Duration.ofSeconds(20)), "Waiter");
        FileLocks newcomer = agent(through(newcomers, Duration.ofSeconds(20)), "Newcomer");
        LockGrant holder = agent(other, "Holder").acquire(PATH, PATIENT).orElseThrow();
        List<String> served = new CopyOnWriteArrayList<>();
        CompletableFuture<LockResult> next = agent(other, "Next").acquireAsync(PATH, PATIENT);
        awaitWaiters(other, PATH, 1);
        CompletableFuture<Void> first = serve("waiter", served, waiter);
        awaitWaiters(other, PATH, 2);
        CountDownLatch newcomerContended = new CountDownLatch(1);
        CountDownLatch waiterContended = new CountDownLatch(1);
        newcomers.beforeRequest(r -> r.opCode() == OpCode.getChildren2 && mentions(r, "@lock"), () -> {
            newcomerContended.countDown();
            hold(waiterContended);
        });
        AtomicReference<CompletableFuture<Void>> second = new AtomicReference<>();
        waiters.beforeRequest(r -> r.opCode() == OpCode.multi && mentions(r, "@queue/"), () -> {
            second.set(serve("newcomer", served, newcomer));
            hold(newcomerContended);
        });
        holder.close();
        LockGrant held = next.get(5, TimeUnit.SECONDS).orElseThrow();
        await().until(() -> contenders(PATH).size() == 3);
        Fault decided = newcomers.beforeReply(
                r -> (r.opCode() == OpCode.getData && mentions(r, "@lock/_c_"))
                        || (r.opCode() == OpCode.multi && mentions(r, "@queue")),
                () -> {});
        waiterContended.countDown();
        decided.await(SOON);
        held.close();
        first.get(20, TimeUnit.SECONDS);
        Objects.requireNonNull(second.get()).get(20, TimeUnit.SECONDS);
        assertThat(served).containsExactly("waiter", "newcomer");
    }

    @Test
    void aWaiterThatStepsIntoTheLineBetweenANewcomersTwoListingsIsSeen() throws Exception {
        TcpProxy waiters = keep(TcpProxy.to(server));
        TcpProxy newcomers = keep(TcpProxy.to(server));
        Bumba other = direct();
        FileLocks waiter = agent(through(waiters, Duration.ofSeconds(20)), "Waiter");
        FileLocks newcomer = agent(through(newcomers, Duration.ofSeconds(20)), "Newcomer");
        LockGrant holder = agent(other, "Holder").acquire(PATH, PATIENT).orElseThrow();
        List<String> served = new CopyOnWriteArrayList<>();
        CompletableFuture<LockResult> next = agent(other, "Next").acquireAsync(PATH, PATIENT);
        awaitWaiters(other, PATH, 1);
        CompletableFuture<Void> first = serve("waiter", served, waiter);
        awaitWaiters(other, PATH, 2);
        CountDownLatch mayStep = new CountDownLatch(1);
        CountDownLatch listed = new CountDownLatch(1);
        Fault step = waiters.beforeRequest(
                r -> r.opCode() == OpCode.multi && mentions(r, "@queue/") && mentions(r, "@lock/_c_"),
                () -> hold(mayStep));
        AtomicInteger firstListing = new AtomicInteger();
        newcomers.beforeReply(r -> isListing(r) && firstListing.compareAndSet(0, r.xid()), listed::countDown);
        Fault between = newcomers.beforeRequest(
                r -> isListing(r) && firstListing.get() != 0 && firstListing.get() != r.xid(), () -> {
                    hold(listed);
                    mayStep.countDown();
                    await().atMost(SOON).until(() -> contenders(PATH).size() == 2);
                });
        holder.close();
        next.get(5, TimeUnit.SECONDS).orElseThrow().close();
        CompletableFuture<Void> second = serve("newcomer", served, newcomer);
        between.await(SOON);
        step.await(SOON);
        first.get(20, TimeUnit.SECONDS);
        second.get(20, TimeUnit.SECONDS);
        assertThat(served).containsExactly("waiter", "newcomer");
    }

    private static boolean isListing(TcpProxy.Request request) {
        return request.opCode() == OpCode.getChildren2 && (mentions(request, "@lock") || mentions(request, "@queue"));
    }

    @Test
    void aWaiterThatIsCancelledWhileItsWatchIsOnTheWayLeavesNoWatch() throws Exception {
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = through(proxy, Duration.ofSeconds(20));
        Bumba other = direct();
        agent(other, "Holder").acquire(PATH, PATIENT).orElseThrow();
        Agent agent = bumba.register(AgentSpec.of("Tester", "Ada"));
        FileLocks ada = bumba.locks(agent);
        AtomicReference<CompletableFuture<LockResult>> waiting = new AtomicReference<>();
        Fault cancelled = proxy.beforeReply(
                r -> r.opCode() == OpCode.getData && mentions(r, "@lock/_c_"),
                () -> Objects.requireNonNull(waiting.get()).cancel(true));
        waiting.set(ada.acquireAsync(PATH, PATIENT));
        cancelled.await(SOON);
        awaitWaiters(other, PATH, 0);
        // One that waits and goes in order takes the watch back, if the count of those who want it is right.
        CompletableFuture<LockResult> again = ada.acquireAsync(PATH, PATIENT);
        await().until(() -> !watchedLocks(agent.session().id()).isEmpty());
        again.cancel(true);
        awaitWaiters(other, PATH, 0);
        await().atMost(SOON).until(() -> watchedLocks(agent.session().id()).isEmpty());
    }

    @Test
    void aGrantIsInvalidBeforeTheServersGiveTheLockAway() throws Exception {
        // Its requests go nowhere while it still hears of changes; then it hears nothing.
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = through(proxy, Duration.ofSeconds(4));
        FileLocks bob = agent(direct(), "Bob");
        Agent adaAgent = bumba.register(AgentSpec.of("Tester", "Ada"));
        FileLocks ada = bumba.locks(adaAgent);
        LockGrant grant = ada.acquire(PATH, PATIENT).orElseThrow();
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            RepoPath path = RepoPath.of("w" + i);
            ada.acquire(path, PATIENT).orElseThrow();
            nodes.add(contender(path));
        }
        await().until(() -> watchedLocks(adaAgent.session().id()).containsAll(nodes));
        proxy.dropRequests();
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(400)).until(() -> {
            server.client().setData(nodes.remove(0), new byte[] {1}, -1);
            return nodes.isEmpty();
        });
        proxy.blackhole();
        boolean both = bob.acquireAsync(PATH, PATIENT)
                .thenApply(bobs -> bobs.orElseThrow().isValid() && grant.isValid())
                .get(20, TimeUnit.SECONDS);
        assertThat(both).isFalse();
    }

    @Test
    void othersAreNotWokenUnderAnAgentsLock() throws Exception {
        // Two agents that woke each other so, each under its own lock, would wait for each other for ever.
        TcpProxy proxy = keep(TcpProxy.to(server));
        Bumba bumba = through(proxy, Duration.ofSeconds(60));
        Workshop shop = workshop(bumba);
        CountDownLatch joining = new CountDownLatch(1);
        CountDownLatch live = new CountDownLatch(1);
        ScheduledExecutorService slow = (ScheduledExecutorService) Proxy.newProxyInstance(
                Agent.class.getClassLoader(), new Class<?>[] {ScheduledExecutorService.class}, (p, method, args) -> {
                    if (Thread.currentThread().getName().equals("joiner")) {
                        joining.countDown();
                        hold(live);
                    }
                    return method.invoke(shop.clock(), args);
                });
        Agent agent = bumba.register(AgentSpec.of("Tester", "Ada"));
        FileLocks ada = new FileLocks(with(shop, slow), agent, WorkspaceSettings.DEFAULT);
        ada.acquire(PATH, PATIENT).orElseThrow();
        proxy.refuse();
        await().until(() -> !bumba.isConnected());
        CountDownLatch woken = new CountDownLatch(1);
        CompletableFuture<List<RepoPath>> seen = agent.session().whenLive().thenApply(now -> {
            try {
                return CompletableFuture.supplyAsync(ada::held)
                        .orTimeout(3, TimeUnit.SECONDS)
                        .join();
            } finally {
                woken.countDown();
            }
        });
        AtomicReference<CompletableFuture<LockResult>> joined = new AtomicReference<>();
        Thread joiner = new Thread(() -> joined.set(ada.acquireAsync(PATH, PATIENT)), "joiner");
        joiner.start();
        hold(joining);
        // The session is live, and the joiner is the first who may wake those who waited for that.
        keep(bumba.events().listen(event -> {
            if (event instanceof Event.SessionChanged changed && changed.state().equals("LIVE")) {
                live.countDown();
                hold(woken);
            }
        }));
        proxy.pass();
        assertThat(seen.get(20, TimeUnit.SECONDS)).containsExactly(PATH);
        joiner.join();
        assertThat(Objects.requireNonNull(joined.get()).get(5, TimeUnit.SECONDS))
                .isInstanceOf(LockResult.Granted.class);
    }

    private static Workshop with(Workshop shop, ScheduledExecutorService clock) {
        return new Workshop(
                shop.client(),
                shop.layout(),
                shop.borders(),
                shop.containers(),
                shop.encounters(),
                clock,
                shop.callbacks(),
                shop.events(),
                shop.nanos(),
                shop.time(),
                shop.operationTimeout());
    }

    /** Its timers fire when the test says. */
    private static final class HandClock {
        private final List<Timer> timers = Collections.synchronizedList(new ArrayList<>());

        ScheduledExecutorService service() {
            return (ScheduledExecutorService) Proxy.newProxyInstance(
                    HandClock.class.getClassLoader(),
                    new Class<?>[] {ScheduledExecutorService.class},
                    (proxy, method, args) -> {
                        Timer timer = new Timer(
                                (Runnable) args[0], ((TimeUnit) args[args.length - 1]).toNanos((Long) args[1]));
                        timers.add(timer);
                        return timer;
                    });
        }

        /** Fires one that was set to at most this, and not much less; returns whether there was one. */
        boolean fire(Duration set) {
            long most = set.toNanos();
            List<Timer> due = List.copyOf(timers).stream()
                    .filter(timer -> !timer.isDone() && timer.nanos <= most && timer.nanos > most * 3 / 4)
                    .toList();
            due.stream().limit(1).forEach(FutureTask::run);
            return !due.isEmpty();
        }
    }

    private static final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final long nanos;

        Timer(Runnable task, long nanos) {
            super(() -> {
                task.run();
                return null;
            });
            this.nanos = nanos;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(nanos, other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
