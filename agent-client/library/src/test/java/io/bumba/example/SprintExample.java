package io.bumba.example;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.orchestrate.Department;
import io.bumba.orchestrate.SprintResult;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.territory.TerritoryRequest;

/** Two departments that want the same directory: while one works there, with a child, the other is told so. */
final class SprintExample {
    private SprintExample() {}

    /** @param args the connect string, and the root */
    public static void main(String[] args) throws InterruptedException {
        BumbaConfig config = BumbaConfig.builder(args[0]).root(args[1]).build();
        // begin
        try (Bumba bumba = Bumba.connect(config)) {
            Department technical = new Department("technical", bumba, AgentSpec.of("Lead", "Ada"));
            Department design = new Department("design", bumba, AgentSpec.of("Lead", "Dora"));
            TerritoryRequest auth =
                    TerritoryRequest.of("log in by passkey", PathPatterns.of("src/auth/", "docs/auth.md"));
            TerritoryRequest css = TerritoryRequest.of("new colours", PathPatterns.of("src/**/*.css"));

            SprintResult<Integer> result = technical.run(auth, sprint -> {
                Agent engineer = sprint.spawn(AgentSpec.of("Engineer", "Bob")); // works inside from now on
                try (LockGrant lock = bumba.locks(engineer)
                        .acquire(RepoPath.of("src/auth/login.css"), LockOptions.tryNow())
                        .orElseThrow()) {
                    System.out.println("technical: " + engineer.record().name() + " edits " + lock.path());
                }
                SprintResult<String> meanwhile = design.run(css, other -> "never reached");
                if (meanwhile instanceof SprintResult.Blocked<String> blocked) {
                    blocked.conflicts()
                            .forEach(c -> System.out.println("design: blocked, " + c.mine() + " meets " + c.theirs()));
                }
                return sprint.isStopped() ? 0 : 1; // lost, or revoked by an operator: stop writing
            });
            System.out.println(
                    "technical: " + result.message() + ", " + result.value().orElse(-1) + " edit");

            SprintResult<String> now = design.run(css, sprint -> "painted");
            System.out.println("design: " + now.value().orElse(now.message()));
        }
        // end
    }
}
