package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkEnsemble;
import io.bumba.testkit.ZkProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Held locks and places in line outlive the server that they were got from: P13. */
@Timeout(120)
class SurvivalTest {
    private static final RepoPath PATH = RepoPath.of("src/a.js");
    private static final LockOptions PATIENT = LockOptions.waitUpTo(Duration.ofMinutes(2));
    private static final Duration BACK = Duration.ofSeconds(30);
    private static final int SIZE = 3;

    @TempDir
    static Path data;

    private static ZkEnsemble ensemble;
    private static int roots;

    private final List<TcpProxy> proxies = new ArrayList<>();
    private final String root = "/survival" + ++roots;
    private final List<Bumba> connections = new ArrayList<>();
    private final AtomicInteger lost = new AtomicInteger();
    private Bumba looker;
    private LockGrant held;
    private FencingToken token;
    /** In line, then in the queue; each on its own connection. */
    private final List<CompletableFuture<LockResult>> waiting = new ArrayList<>();

    @BeforeAll
    static void start() {
        ensemble = ZkEnsemble.start(data);
    }

    @AfterAll
    static void stop() {
        ensemble.close();
    }

    @BeforeEach
    void holdAndWait() throws Exception {
        ensemble.awaitServing(SIZE);
        ensemble.members().forEach(member -> proxies.add(TcpProxy.to(member)));
        looker = connect();
        held = locks(connect(), "Holder").acquire(PATH, PATIENT).orElseThrow();
        token = held.token();
        held.onLost(Runnable::run, lost::incrementAndGet);
        for (int i = 1; i <= 3; i++) {
            int count = i;
            waiting.add(locks(connect(), "Waiter" + i).acquireAsync(PATH, PATIENT));
            await().atMost(BACK).until(() -> waiters().size() == count);
        }
    }

    @AfterEach
    void close() {
        proxies.forEach(TcpProxy::pass);
        connections.forEach(Bumba::close);
        proxies.forEach(TcpProxy::close);
    }

    /** The agents connect through the proxies; with servers killed one by one, nobody is bound to one of them. */
    private Bumba connect() {
        String servers =
                String.join(",", proxies.stream().map(TcpProxy::connectString).toList());
        Bumba bumba = Bumba.connect(BumbaConfig.builder(servers)
                .root(root)
                .sessionTimeout(Duration.ofSeconds(20))
                .connectTimeout(BACK)
                .operationTimeout(BACK)
                .build());
        connections.add(bumba);
        return bumba;
    }

    private static FileLocks locks(Bumba bumba, String name) {
        return bumba.locks(bumba.register(AgentSpec.of("Tester", name)));
    }

    private List<String> waiters() {
        return looker.lockTable().read().locks().stream()
                .flatMap(entry -> entry.waiters().stream())
                .map(Waiter::agent)
                .toList();
    }

    /** Where the holder's, a waiter's or the looker's connections are: the proxies that have any. */
    private List<Integer> inUse() {
        List<Integer> used = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            if (proxies.get(i).connections() > 0) {
                used.add(i);
            }
        }
        return used;
    }

    private void assertAllSurvived(List<String> before) throws Exception {
        await().atMost(BACK).until(() -> connections.stream().allMatch(Bumba::isConnected));
        await().atMost(BACK).until(held::isValid);
        assertThat(held.verify().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .isTrue();
        assertThat(held.token()).isEqualTo(token);
        assertThat(waiters()).as("in their old order").isEqualTo(before);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        FencingToken last = token;
        for (CompletableFuture<LockResult> next : waiting) {
            LockGrant grant = next.get(30, TimeUnit.SECONDS).orElseThrow();
            assertThat(grant.token()).isGreaterThan(last);
            last = grant.token();
            grant.close();
        }
        assertThat(lost).as("told of a loss").hasValue(0);
    }

    @Test
    void theLeaderIsKilled() throws Exception {
        List<String> before = waiters();
        ZkProcess leader = ensemble.leader();
        leader.kill();
        // Without a leader nobody serves; every connection is dropped.
        await().atMost(BACK).until(() -> !held.isValid());
        assertAllSurvived(before);
        leader.restart();
    }

    @Test
    void everyServerIsRestartedInTurn() throws Exception {
        // faults 8 and 12
        List<String> before = waiters();
        for (ZkProcess member : ensemble.members()) {
            member.kill();
            member.restart();
            ensemble.awaitServing(SIZE);
        }
        assertAllSurvived(before);
    }

    @Test
    void theConnectionsMoveToAnotherServer() throws Exception {
        List<String> before = waiters();
        for (int kept : new int[] {0, 1, 2}) {
            for (int i = 0; i < SIZE; i++) {
                if (i != kept) {
                    proxies.get(i).refuse();
                }
            }
            await().atMost(BACK)
                    .until(() -> inUse().equals(List.of(kept))
                            && connections.stream().allMatch(Bumba::isConnected)
                            && held.isValid());
            proxies.forEach(TcpProxy::pass);
        }
        assertAllSurvived(before);
    }
}
