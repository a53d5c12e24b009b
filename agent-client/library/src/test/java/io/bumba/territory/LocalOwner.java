package io.bumba.territory;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockOptions;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** An owner with local grants in a process of its own, which loops over two files until it is asked what it held. */
final class LocalOwner {
    /** So many that a signal nearly always finds it holding something. */
    private static final int LOOKS = 20_000;

    private LocalOwner() {}

    public static void main(String[] args) throws Exception {
        BumbaConfig config = BumbaConfig.builder(args[0])
                .root(args[1])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(args[2])))
                .build();
        GrantHistory history = new GrantHistory();
        try (Bumba bumba = Bumba.connect(config)) {
            Agent agent = bumba.register(AgentSpec.of("Tester", "Owner"));
            TerritoryGrant territory = bumba.territories(agent)
                    .allocate(
                            TerritoryRequest.of("work", PathPatterns.of("src/")).withLocalGrants())
                    .orElseThrow();
            territory.onLost(Runnable::run, () -> System.out.println("lost"));
            try (Looper looper = new Looper(
                    history,
                    "Owner",
                    bumba.locks(agent),
                    LockOptions.waitUpTo(Duration.ofSeconds(1)),
                    3,
                    LOOKS,
                    List.of(RepoPath.of("src/auth/login.js"), RepoPath.of("src/b.js")))) {
                while (history.of("Owner").size() < 50) {
                    Thread.onSpinWait();
                }
                System.out.println("loops");
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                String unused = input.readLine();
            }
            history.of("Owner")
                    .forEach(entry -> System.out.println("SEEN " + entry.path() + " " + entry.mode() + " "
                            + entry.token().zxid() + " " + entry.token().count() + " " + entry.from() + " "
                            + entry.validAt()));
            System.out.println("end");
        }
    }
}
