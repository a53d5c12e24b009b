package io.bumba.zk;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Stands for leader in a JVM of its own, and says for every line that it reads whether it leads. */
final class Candidate {
    private Candidate() {}

    /** Servers, root, session timeout in milliseconds. */
    public static void main(String[] args) throws IOException {
        BumbaConfig config = BumbaConfig.builder(args[0])
                .root(args[1])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(args[2])))
                .build();
        try (Bumba bumba = Bumba.connect(config);
                Leadership leadership = bumba.standForLeader("candidate")) {
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (input.readLine() != null) {
                System.out.println("leads " + leadership.isLeader());
            }
        }
    }
}
