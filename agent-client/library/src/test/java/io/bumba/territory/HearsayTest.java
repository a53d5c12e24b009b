package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.lock.LockResult;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody is refused for what is not so: neither by a copy that is stale, nor because a step took too long. */
class HearsayTest extends TerritoryFixture {
    private final Bumba here = connect();
    private final Bumba there = connect();
    private final Agent ada = agent(here, "Ada");
    private final Agent bob = agent(there, "Bob");

    @Test
    void aRequestThatWaitsIsPassedByASmallerOneAlsoWhenItsHindranceIsNotYetKnown() throws Exception {
        Bumba elsewhere = connect();
        Agent cat = agent(elsewhere, "Cat");
        assertThat(elsewhere
                        .territories(cat)
                        .allocate(claim("tmp/"))
                        .orElseThrow()
                        .release())
                .isTrue();
        here.territories(ada).allocate(claim("src/")).orElseThrow();
        CompletableFuture<AllocateResult> waiting =
                there.territories(bob).allocateAsync(claim("src/", "docs/").waitUpTo(Duration.ofSeconds(60)));
        Awaitility.await().atMost(SOON).until(() -> !server.children(root + "/workspaces/default/requests")
                .isEmpty());
        // Cat's process has not heard of Ada's territory, without which Bob would have what he waits for.
        AllocateResult small = elsewhere.territories(cat).allocate(claim("docs/a.md"));
        assertThat(small).as(small.message()).isInstanceOf(AllocateResult.Allocated.class);
        assertThat(waiting).isNotDone();
    }

    @Test
    void aRuleThatTheNewestTerritoriesNoLongerBreakRefusesNobody() throws Exception {
        assertThat(there.territories(bob).allocate(claim("tmp/")).orElseThrow().release())
                .isTrue();
        TerritoryGrant parent = here.territories(ada).allocate(claim("src/")).orElseThrow();
        AllocateResult admitted =
                parent.admit(List.of(bob.id())).toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(admitted).isInstanceOf(AllocateResult.Allocated.class);
        // Bob's process has not heard of the parent.
        AllocateResult inside =
                there.territories(bob).allocate(claim("src/auth/").inside(parent.id()));
        assertThat(inside).as(inside.message()).isInstanceOf(AllocateResult.Allocated.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasTakenBackForItsSlownessBeginsAnew(boolean resize) throws Exception {
        try (TcpProxy proxy = TcpProxy.to(server)) {
            Bumba slow = through(proxy, Duration.ofSeconds(30));
            Agent cat = agent(slow, "Cat");
            // Pending, in force, growing, grown.
            Fault second = proxy.beforeRequest(LedgerWrites.number(resize ? 4 : 2), () -> {
                // Whoever meets it takes it back when it has stood too long.
                LockResult lock = there.locks(bob)
                        .acquireAsync(RepoPath.of(resize ? "docs/a.md" : "src/a.js"), PATIENT)
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join();
                lock.orElseThrow().close();
            });
            AllocateResult result = slow.territories(cat).allocate(claim("src/"));
            assertThat(result).as(result.message()).isInstanceOf(AllocateResult.Allocated.class);
            AllocateResult grown = result.orElseThrow()
                    .resize(PathPatterns.of("src/", "docs/"))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            assertThat(grown).as(grown.message()).isInstanceOf(AllocateResult.Allocated.class);
            assertThat(second.hasStruck()).isTrue();
        }
    }
}
