package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.file.Tree;
import io.bumba.path.RepoPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba session}: one agent that lives as long as a command, for the programs that the command runs. */
@Command(
        name = "session",
        description = {
            "Keep one agent alive around a command, such as a shell or an AI tool.",
            "",
            "Inside it 'bumba lock PATH', 'unlock PATH', 'held', 'claim', 'release', 'resize', 'territories',",
            "'explain PATH', 'whoami' and 'status busy' act for that agent, in milliseconds. Everything is released when",
            "the command ends; its exit code is passed on.",
            "The command finds its agent in BUMBA_AGENT, and in BUMBA_SESSION the socket that the others ask."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        footer = {"", "Example: bumba session --type Engineer --name Ada -- bash"})
final class SessionCommand implements Callable<Integer> {
    /** What becomes of the command when a lock or the agent is lost. */
    enum OnLost {
        KEEP,
        END
    }

    private final GlobalOptions global;

    @Option(names = "--type", paramLabel = "TYPE", description = "The agent's type, which decides its department.")
    private String type = "Session";

    @Option(names = "--name", paramLabel = "NAME", description = "The agent's name; by default the command's.")
    private @Nullable String name;

    @Option(
            names = "--on-lost",
            paramLabel = "keep|end",
            description = "When a lock or the agent is lost: keep the command running and refuse every later call"
                    + " (the default), or end it as run does.")
    private OnLost onLost = OnLost.KEEP;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments, after --.")
    private List<String> command = new ArrayList<>();

    SessionCommand(GlobalOptions global) {
        this.global = global;
    }

    @Override
    public Integer call() {
        Surroundings around = global.around();
        Target target = global.target();
        spec();
        Tree tree = RunCommand.tree(around.cwd(), target);
        CommandFinder.require(command.get(0), around);
        Supervisor supervisor = new Supervisor();
        Signals.handle(supervisor);
        try (Bumba bumba = target.open(tree.workspace())) {
            tree.requireCluster(bumba.clusterId());
            try (Agent agent = bumba.register(spec())) {
                LiveSession session = new LiveSession(bumba, agent, tree, loss -> told(loss, supervisor));
                try (SessionServer server =
                        SessionServer.open(new SessionDesk(session), SessionSocket.make(around, temporary()))) {
                    session.watch();
                    return run(session, server, supervisor);
                } finally {
                    session.close();
                }
            }
        } catch (InterruptedException | RuntimeException e) {
            // A signal before the command ran: whatever it broke off is no error of its own.
            return supervisor
                    .endedEarly()
                    .map(Signals::exitCode)
                    .orElseThrow(() -> e instanceof RuntimeException failed
                            ? failed
                            : new CliException(ExitCode.PROBLEM, "interrupted; nothing was run", e));
        }
    }

    private int run(LiveSession session, SessionServer server, Supervisor supervisor) throws InterruptedException {
        Child child = Child.start(
                command,
                Map.of(
                        "BUMBA_AGENT",
                        session.agent().id().value(),
                        "BUMBA_SESSION",
                        server.socket().toString(),
                        "BUMBA_SESSION_WAIT",
                        Long.toString(session.defaultWait().toSeconds() + 1)));
        int code = supervisor.supervise(child);
        Optional<String> ended = session.lostWhy();
        List<RepoPath> lost = session.locks().lostPaths();
        if (ended.isPresent() || !lost.isEmpty()) {
            throw new CliException(
                    ExitCode.LOST,
                    ended.orElseGet(() -> "the lock of " + lost.get(0) + " was lost while '" + command.get(0)
                            + "' ran, and not unlocked since: what it did then is not protected; look at the file"));
        }
        session.territories().losses().stream().findFirst().ifPresent(loss -> {
            throw new CliException(
                    ExitCode.LOST,
                    loss + " while '" + command.get(0)
                            + "' ran, and not released since: what it did there then is not protected; look at the files");
        });
        return code;
    }

    /** At once, whether or not anybody asks. */
    private void told(String loss, Supervisor supervisor) {
        if (onLost == OnLost.END) {
            supervisor.end(loss);
        } else {
            System.err.println("bumba: " + Text.oneLine(loss));
        }
    }

    private AgentSpec spec() {
        return AgentSpec.of(type, name == null ? RunCommand.nameOf(command.get(0)) : name)
                .temporarily();
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    }
}
