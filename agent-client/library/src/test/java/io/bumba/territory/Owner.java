package io.bumba.territory;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.PathPatterns;
import java.time.Duration;

/** What {@link DeathTest} runs in a JVM of its own: allocates, enlarges and gives back, and is killed at some step. */
final class Owner {
    private Owner() {}

    public static void main(String[] args) throws Exception {
        BumbaConfig config = BumbaConfig.builder(args[0])
                .root(args[1])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(args[2])))
                .build();
        try (Bumba bumba = Bumba.connect(config)) {
            Agent agent = bumba.register(AgentSpec.of("Tester", "Mortal"));
            System.out.println("ready");
            int ignored = System.in.read();
            TerritoryGrant grant = bumba.territories(agent)
                    .allocate(TerritoryRequest.of("mortal", PathPatterns.of("src/")))
                    .orElseThrow();
            AllocateResult grown = grant.resize(PathPatterns.of("src/", "docs/"))
                    .toCompletableFuture()
                    .get();
            System.out.println(grown.message() + " " + grant.release());
        }
        System.out.println("done");
    }
}
