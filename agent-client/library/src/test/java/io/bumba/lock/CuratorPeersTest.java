package io.bumba.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentSpec;
import io.bumba.event.Event;
import io.bumba.path.RepoPath;
import io.bumba.testkit.ZkServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stock Curator recipes on the same path. */
@Timeout(60)
class CuratorPeersTest {
    private static final RepoPath PATH = RepoPath.of("src/a@b.js");

    private final ZkServer server = ZkServer.shared();
    private final String root = server.freshRoot();
    private final Bumba bumba =
            Bumba.connect(BumbaConfig.builder(server.connectString()).root(root).build());
    private final FileLocks locks = bumba.locks(bumba.register(AgentSpec.of("Tester", "Ada")));
    private final CuratorFramework curator =
            CuratorFrameworkFactory.newClient(server.connectString(), new RetryOneTime(100));
    private final String node = root + "/workspaces/default/locks/src/a%40b.js@lock";
    private final InterProcessReadWriteLock stock = stock();

    private InterProcessReadWriteLock stock() {
        curator.start();
        return new InterProcessReadWriteLock(curator, node);
    }

    @AfterEach
    void close() {
        curator.close();
        bumba.close();
    }

    private InterProcessLock stock(LockMode mode) {
        return mode == LockMode.EXCLUSIVE ? stock.writeLock() : stock.readLock();
    }

    private static LockOptions options(LockMode mode) {
        return mode == LockMode.EXCLUSIVE
                ? LockOptions.tryNow()
                : LockOptions.tryNow().shared();
    }

    @ParameterizedTest
    @CsvSource({
        "EXCLUSIVE, EXCLUSIVE, false",
        "EXCLUSIVE, SHARED, false",
        "SHARED, EXCLUSIVE, false",
        "SHARED, SHARED, true",
    })
    void aStockReadWriteLockAndOursExcludeEachOther(LockMode first, LockMode second, boolean together)
            throws Exception {
        InterProcessLock theirs = stock(first);
        theirs.acquire();
        LockResult ours = locks.acquire(PATH, options(second));
        assertThat(ours.grant().isPresent()).isEqualTo(together);
        if (ours instanceof LockResult.Held held) {
            assertThat(held.holders()).singleElement().satisfies(h -> assertThat(h.agent())
                    .contains("a Curator client"));
        }
        ours.grant().ifPresent(LockGrant::close);
        theirs.release();

        LockGrant grant = locks.acquire(PATH, options(first)).orElseThrow();
        InterProcessLock theirSecond = stock(second);
        boolean got = theirSecond.acquire(200, TimeUnit.MILLISECONDS);
        assertThat(got).isEqualTo(together);
        if (got) {
            theirSecond.release();
        }
        grant.close();
        assertThat(theirSecond.acquire(10, TimeUnit.SECONDS)).isTrue();
        theirSecond.release();
    }

    @Test
    void weWaitForAStockHolderAndAreServedWhenItReleases() throws Exception {
        stock.writeLock().acquire();
        CompletableFuture<LockResult> waiting = locks.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofSeconds(20)));
        await().until(() -> bumba.lockTable().read().locks().get(0).waiters().size() == 1);
        stock.writeLock().release();
        waiting.get(10, TimeUnit.SECONDS).orElseThrow().close();
    }

    @Test
    void besideAStockMutexNothingIsGrantedAndItIsReported() throws Exception {
        List<Event> events = new CopyOnWriteArrayList<>();
        try (AutoCloseable ignored = bumba.events().listen(events::add)) {
            InterProcessMutex mutex = new InterProcessMutex(curator, node);
            mutex.acquire();
            LockResult refused = locks.acquire(PATH, LockOptions.tryNow());
            assertThat(refused).isInstanceOf(LockResult.Held.class);
            assertThat(refused.message()).contains("stock Curator InterProcessMutex", "lock-", "release it there");
            assertThat(locks.acquire(PATH, LockOptions.tryNow().shared())).isInstanceOf(LockResult.Held.class);
            assertThat(events).anySatisfy(e -> assertThat(e)
                    .isInstanceOfSatisfying(
                            Event.ForeignNode.class, f -> assertThat(f.blocks()).isTrue()));
            CompletableFuture<LockResult> waiting =
                    locks.acquireAsync(PATH, LockOptions.waitUpTo(Duration.ofSeconds(20)));
            await().until(() ->
                    !server.children(node.replace("@lock", "@queue")).isEmpty());
            mutex.release();
            waiting.get(10, TimeUnit.SECONDS).orElseThrow().close();
        }
    }

    @Test
    void aStrangersNodeIsInNobodysWay() throws Exception {
        // fault 30
        curator.create().creatingParentsIfNeeded().forPath(node + "/note-from-ops");
        LockGrant grant = locks.acquire(PATH, LockOptions.tryNow()).orElseThrow();
        assertThat(bumba.lockTable().read().locks().get(0).foreign()).containsExactly("note-from-ops");
        grant.close();
    }
}
