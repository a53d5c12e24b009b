package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.path.PathPatterns;
import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkTree;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each transaction in turn is lost, or its reply is: the outcome is found out, nothing happens twice, nothing stays behind. */
class LostReplyTest extends TerritoryFixture {
    private final TcpProxy proxy = keep(TcpProxy.to(server));
    private Bumba far;
    private Bumba near;
    private Agent ada;
    private Agent bob;

    @BeforeEach
    void register() {
        far = through(proxy, Duration.ofSeconds(10));
        near = connect();
        ada = agent(far, "Ada");
        bob = agent(near, "Bob");
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(territories()).isEmpty();
        Awaitility.await("nothing is left")
                .atMost(SOON)
                .until(() -> ZkTree.ephemerals(server.client(), root + "/workspaces/default"), List::isEmpty);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void aReplyToAChange(int number) throws Exception {
        liveThrough(proxy.loseReplyTo(LedgerWrites.number(number)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void aChange(int number) throws Exception {
        liveThrough(proxy.loseRequest(LedgerWrites.number(number)));
    }

    /** Five changes: pending, in force, growing, grown, given back. */
    private void liveThrough(Fault fault) throws Exception {
        TerritoryGrant grant = far.territories(ada).allocate(claim("src/")).orElseThrow();
        assertThat(territories()).containsExactly(grant.id());
        assertThat(refused("src/a.js")).contains(grant.id());
        AllocateResult grown = grant.resize(PathPatterns.of("src/", "docs/"))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        assertThat(grown).as(grown.message()).isInstanceOf(AllocateResult.Allocated.class);
        assertThat(grant.patterns()).isEqualTo(PathPatterns.of("src/", "docs/"));
        assertThat(refused("docs/a.md")).contains(grant.id());
        assertThat(server.children(root + "/workspaces/default/territories/" + grant.id()))
                .as("claims and one owner")
                .hasSize(2);
        assertThat(grant.isValid()).isTrue();
        assertThat(grant.release()).isTrue();
        assertThat(fault.hasStruck()).isTrue();
        assertThat(territories()).isEmpty();
        assertThat(near.territories(bob)
                        .allocate(claim("src/", "docs/"))
                        .orElseThrow()
                        .release())
                .isTrue();
    }

    private String refused(String pattern) throws InterruptedException {
        AllocateResult refused = near.territories(bob).allocate(claim(pattern));
        assertThat(refused).isInstanceOf(AllocateResult.Conflicting.class);
        return refused.message();
    }

    @Test
    void theReplyToAConfirmation() throws Exception {
        TerritoryGrant grant = near.territories(bob).allocate(claim("src/")).orElseThrow();
        Predicate<TcpProxy.Request> confirmation = LedgerWrites.about("/owner-");
        Fault fault = proxy.loseReplyTo(confirmation);
        AllocateResult refused = far.territories(ada).allocate(claim("src/a.js"));
        assertThat(fault.hasStruck()).isTrue();
        assertThat(refused.message()).contains(grant.id());
        assertThat(grant.release()).isTrue();
    }

    @Test
    void theReplyToWhoTakesAPlace() throws Exception {
        TerritoryGrant grant = near.territories(bob).allocate(claim("src/")).orElseThrow();
        Fault fault = proxy.loseReplyTo(LedgerWrites.about("/requests/"));
        CompletableFuture<AllocateResult> waiting =
                far.territories(ada).allocateAsync(claim("src/a.js").waitUpTo(Duration.ofSeconds(60)));
        assertThat(fault.await(SOON).error()).isZero();
        assertThat(server.children(root + "/workspaces/default/requests")).hasSize(1);
        assertThat(grant.release()).isTrue();
        TerritoryGrant mine = waiting.get(20, TimeUnit.SECONDS).orElseThrow();
        assertThat(server.children(root + "/workspaces/default/requests")).isEmpty();
        assertThat(mine.release()).isTrue();
    }
}
