package io.bumba.coordinator;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentSpec;
import io.bumba.path.PathPatterns;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import io.bumba.zk.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** An agent in a JVM of its own that owns a territory until it is killed. */
final class Claimant {
    private Claimant() {}

    /** Servers, file of the fleet key, workspace, pattern, grace in milliseconds. */
    public static void main(String[] args) throws InterruptedException, IOException {
        BumbaConfig config = BumbaConfig.builder(args[0])
                .fleetKey(Secret.fromFile(Path.of(args[1])))
                .workspace(args[2])
                .sessionTimeout(Duration.ofSeconds(2))
                .build();
        Bumba bumba = Bumba.connect(config);
        TerritoryGrant grant = bumba.territories(bumba.register(AgentSpec.of("Tester", "Claimant")))
                .allocate(TerritoryRequest.of("a claim", PathPatterns.of(args[3]))
                        .keptFor(Duration.ofMillis(Long.parseLong(args[4]))))
                .orElseThrow();
        System.out.println("owning " + grant.id() + " "
                + grant.secret().map(Secret::reveal).orElse("-"));
        int unused = System.in.read();
    }
}
