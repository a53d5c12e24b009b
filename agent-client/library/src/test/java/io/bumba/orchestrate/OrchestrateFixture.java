package io.bumba.orchestrate;

import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockOptions;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.territory.TerritoryRequest;
import io.bumba.testkit.ZkServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;

/** A root of its own at the shared server, and two connections to it. */
abstract class OrchestrateFixture {
    static final RepoPath LOGIN = RepoPath.of("src/auth/login.js");
    static final RepoPath README = RepoPath.of("README.md");
    static final LockOptions NOW = LockOptions.tryNow();
    static final Duration SOON = Duration.ofSeconds(20);
    static final Duration LATER = Duration.ofSeconds(60);

    final ZkServer server = ZkServer.shared();
    final String root = server.freshRoot();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    final Bumba here = connect();
    final Bumba there = connect();
    final Agent bob = there.register(AgentSpec.of("Tester", "Bob"));

    @AfterEach
    void closeAll() throws Exception {
        Collections.reverse(toClose);
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    <T extends AutoCloseable> T keep(T it) {
        toClose.add(it);
        return it;
    }

    final Bumba connect() {
        return keep(Bumba.connect(BumbaConfig.builder(server.connectString())
                .root(root)
                .sessionTimeout(Duration.ofSeconds(5))
                .build()));
    }

    static TerritoryRequest claim(String... patterns) {
        return TerritoryRequest.of("work on " + patterns[0], PathPatterns.of(patterns));
    }

    List<String> territories() {
        return server.children(root + "/workspaces/default/territories");
    }

    /** All but the bystander. */
    List<String> agents() {
        return server.children(root + "/agents").stream()
                .filter(id -> !id.equals(bob.id().value()))
                .toList();
    }

    /** Deletes a znode as an operator does with zkCli. */
    void delete(String path) throws Exception {
        server.client().delete(path, -1);
    }

    void endAgent(Agent agent) throws Exception {
        delete(root + "/agents/" + agent.id());
    }

    static void until(String what, Callable<Boolean> condition) {
        await(what)
                .atMost(SOON)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(condition);
    }

    /** Waits inside the code under test, for no longer than a test may. */
    static void await20s(CountDownLatch latch) throws InterruptedException, TimeoutException {
        if (!latch.await(SOON.toSeconds(), TimeUnit.SECONDS)) {
            throw new TimeoutException("not counted down within " + SOON);
        }
    }

    /** A call on a thread of its own, which can be interrupted. */
    static final class Call<T> {
        private final FutureTask<T> task;
        private final Thread thread;

        Call(Callable<T> call) {
            task = new FutureTask<>(call);
            thread = new Thread(task, "call");
            thread.setDaemon(true);
            thread.start();
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean isDone() {
            return task.isDone();
        }

        T get() throws InterruptedException, ExecutionException, TimeoutException {
            return task.get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
