package io.bumba.territory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Whoever waits when its connection is closed is told. */
class ClosingTest extends TerritoryFixture {
    private static final int REQUESTS = 30;

    @Test
    void everyRequestThatWaitsIsAnswered() throws Exception {
        Bumba there = connect();
        there.territories(agent(there, "Bob")).allocate(claim("src/")).orElseThrow();
        Bumba here = connect();
        Agent ada = agent(here, "Ada");
        List<CompletableFuture<AllocateResult>> waiting = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            waiting.add(here.territories(ada)
                    .allocateAsync(claim("src/" + i + ".js").waitUpTo(Duration.ofMinutes(5))));
        }
        Awaitility.await("all wait")
                .atMost(SOON)
                .until(() ->
                        server.children(root + "/workspaces/default/requests").size() == REQUESTS);
        here.close();
        for (CompletableFuture<AllocateResult> each : waiting) {
            assertThat(each.get(10, TimeUnit.SECONDS)).isInstanceOf(AllocateResult.Lost.class);
        }
    }
}
