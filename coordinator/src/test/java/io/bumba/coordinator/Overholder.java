package io.bumba.coordinator;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.path.RepoPath;
import io.bumba.zk.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** An agent in a JVM of its own that holds a file for a limited time; when it reads a line it gives it back. */
final class Overholder {
    private Overholder() {}

    /** Servers, file of the fleet key, workspace, file, lease in milliseconds. */
    public static void main(String[] args) throws InterruptedException, IOException {
        BumbaConfig config = BumbaConfig.builder(args[0])
                .fleetKey(Secret.fromFile(Path.of(args[1])))
                .workspace(args[2])
                .sessionTimeout(Duration.ofMinutes(1))
                .build();
        try (Bumba bumba = Bumba.connect(config)) {
            LockGrant grant = bumba.locks(bumba.register(AgentSpec.of("Tester", "Overholder")))
                    .acquire(
                            RepoPath.of(args[3]),
                            LockOptions.tryNow().forAtMost(Duration.ofMillis(Long.parseLong(args[4]))))
                    .orElseThrow();
            System.out.println("holding " + grant.token());
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            System.out.println("release " + grant.release());
        }
    }
}
