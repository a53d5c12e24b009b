package io.bumba.example;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.AgentQuery;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockOptions;
import io.bumba.orchestrate.CommandLimits;
import io.bumba.orchestrate.CommandResult;
import io.bumba.orchestrate.CommandRunner;
import io.bumba.orchestrate.CommandSpec;
import io.bumba.orchestrate.Program;
import io.bumba.orchestrate.ProgramResult;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import java.time.Duration;

/** A program and a piece of code, each under locks and with an agent of its own. */
final class CommandExample {
    private CommandExample() {}

    /** @param args the connect string, and the root */
    public static void main(String[] args) throws InterruptedException {
        BumbaConfig config = BumbaConfig.builder(args[0]).root(args[1]).build();
        // begin
        try (Bumba bumba = Bumba.connect(config);
                CommandRunner runner = new CommandRunner(bumba, CommandLimits.DEFAULT.atMost(4))) {
            PathSet files = PathSet.of(RepoPath.of("src/login.c"), RepoPath.of("src/login.h"));
            CommandSpec spec = CommandSpec.of(AgentSpec.of("Command", "format"))
                    .locking(files, LockOptions.waitUpTo(Duration.ofSeconds(30)).because("formatting"));

            ProgramResult program = runner.run(
                    spec,
                    Program.of("sh", "-c", "echo \"$BUMBA_TOKENS\" | cut -d= -f1; exit 3")
                            .forAtMost(Duration.ofMinutes(5)));
            System.out.print(program.out().text());
            System.out.println(program.message());

            CommandResult<Integer> work = runner.run(
                    spec, command -> command.grants().orElseThrow().grants().size());
            System.out.println(work.message() + ", under " + work.value().orElse(0) + " locks");

            System.out.println(bumba.agents().list(AgentQuery.all()).size() + " agents are left");
        }
        // end
    }
}
