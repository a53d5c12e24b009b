package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.LockGrant;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.Jvm;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkTree;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SIGKILL right after each transaction of an owner: whoever comes next finds the area free, and no coordinator runs. */
class DeathTest extends TerritoryFixture {
    private static final Duration SESSION = Duration.ofSeconds(2);

    /** For the end of the session, and for what stands between two steps. */
    private static final Duration FREE = SESSION.plus(Ledger.PENDING_LIFE).plusSeconds(5);

    @ParameterizedTest(name = "{1}")
    @CsvSource({"1, pending", "2, in force", "3, growing", "4, grown", "5, given back"})
    void theAreaIsFreeAgain(int step, String state) throws Exception {
        Bumba there = connect();
        Agent bob = agent(there, "Bob");
        Agent cat = agent(there, "Cat");
        try (TcpProxy proxy = TcpProxy.to(server);
                Jvm owner = Jvm.start(Owner.class, proxy.connectString(), root, Long.toString(SESSION.toMillis()))) {
            String ready = owner.awaitLine("ready", Duration.ofSeconds(60));
            assertThat(ready).isNotEmpty();
            Fault death = proxy.beforeReply(LedgerWrites.number(step), owner::kill9);
            owner.send("go");
            assertThat(death.await(Duration.ofSeconds(30)).error()).isZero();
        }
        long killed = System.nanoTime();
        if (step < 5) {
            assertThat(territories()).as("what it left").hasSize(1);
        }
        CompletableFuture<AllocateResult> allocation =
                there.territories(cat).allocateAsync(claim("docs/", "src/**").waitUpTo(Duration.ofSeconds(30)));
        Awaitility.await("a lock inside").atMost(FREE).until(() -> {
            Optional<LockGrant> lock =
                    there.locks(bob).acquire(RepoPath.of("src/a.js"), PATIENT).grant();
            lock.ifPresent(LockGrant::close);
            return lock.isPresent() || allocation.isDone();
        });
        TerritoryGrant heir = allocation.get(20, TimeUnit.SECONDS).orElseThrow();
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).as(state).isLessThan(FREE);
        assertThat(territories()).containsExactly(heir.id());
        there.locks(cat).acquire(RepoPath.of("docs/b.md"), NOW).orElseThrow().close();
        assertThat(heir.release()).isTrue();
        assertThat(territories()).isEmpty();
        Awaitility.await("nothing is left").atMost(SOON).until(this::left, List::isEmpty);
    }

    private List<String> left() {
        return ZkTree.ephemerals(server.client(), root + "/workspaces/default");
    }
}
