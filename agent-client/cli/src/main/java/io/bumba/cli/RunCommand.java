package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.file.Tree;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.Priority;
import io.bumba.path.CasePolicy;
import io.bumba.path.PathSet;
import io.bumba.path.RepoPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba run}: a command that runs only while files are locked. */
@Command(
        name = "run",
        description = {
            "Run a command while files are locked.",
            "",
            "Takes all the locks or none. Passes the command's exit code on. When a lock is lost,",
            "the command and its children get TERM, and five seconds later KILL.",
            "The command finds its agent in BUMBA_AGENT, and in BUMBA_TOKENS a line PATH=TOKEN for each lock."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        footer = {"", "Example: bumba run --lock src/main.c --wait 30s --reason 'fix #12' -- make test"})
final class RunCommand implements Callable<Integer> {
    private final GlobalOptions global;

    @Option(
            names = "--lock",
            required = true,
            paramLabel = "PATH",
            description = "A file to lock, relative to the current directory; may be given again.")
    private List<String> paths = new ArrayList<>();

    @Option(names = "--shared", description = "Lock for reading: others may read too, nobody writes.")
    private boolean shared;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Durations.Converter.class,
            description = "How long to wait for all the locks together, such as 500ms, 30s, 2m; 0 does not wait. "
                    + "By default what the workspace says (fileLockTimeout).")
    private @Nullable Duration wait;

    @Option(names = "--reason", paramLabel = "TEXT", description = "What for; shown to whoever has to wait.")
    private String reason = "";

    @Option(names = "--type", paramLabel = "TYPE", description = "The agent's type, which decides its department.")
    private String type = "Command";

    @Option(names = "--name", paramLabel = "NAME", description = "The agent's name; by default the command's.")
    private @Nullable String name;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments, after --.")
    private List<String> command = new ArrayList<>();

    RunCommand(GlobalOptions global) {
        this.global = global;
    }

    @Override
    public Integer call() {
        Surroundings around = global.around();
        Target target = global.target();
        checkRequest();
        Tree tree = tree(around.cwd(), target);
        // Before anything is asked of a server: a wrong path is told at once.
        resolve(tree, around.cwd(), CasePolicy.SENSITIVE);
        CommandFinder.require(command.get(0), around);
        Supervisor supervisor = new Supervisor();
        Signals.handle(supervisor);
        try (Bumba bumba = target.open(tree.workspace())) {
            tree.requireCluster(bumba.clusterId());
            try (Agent agent = bumba.register(spec())) {
                return underLocks(bumba, Losses.of(bumba), agent, tree, supervisor);
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

    private int underLocks(Bumba bumba, Losses losses, Agent agent, Tree tree, Supervisor supervisor)
            throws InterruptedException {
        CasePolicy policy = bumba.settings().caseInsensitive() ? CasePolicy.FOLDED : CasePolicy.SENSITIVE;
        LockSet locks = LockSet.acquire(
                bumba.locks(agent)::lockAllAsync,
                PathSet.of(resolve(tree, global.around().cwd(), policy)),
                options().waiting(wait == null ? bumba.settings().fileLockTimeout() : wait),
                System::nanoTime,
                RunCommand::note);
        noteNewFiles(tree, locks);
        int code;
        try {
            Child child =
                    Child.start(command, Map.of("BUMBA_AGENT", agent.id().value(), "BUMBA_TOKENS", locks.tokens()));
            for (LockGrant grant : locks.grants()) {
                grant.onLost(Supervisor.threads(), () -> supervisor.lost(losses.take(grant.path())));
            }
            code = supervisor.supervise(child);
        } catch (RuntimeException | InterruptedException e) {
            locks.release(RunCommand::note);
            throw e;
        }
        List<RepoPath> lost = supervisor.lostPaths();
        lost.addAll(locks.release(RunCommand::note));
        if (!lost.isEmpty()) {
            throw new CliException(
                    ExitCode.LOST,
                    "the lock of " + lost.get(0) + " was lost while '" + command.get(0)
                            + "' ran: what it did since is not protected; look at the file, then run it again");
        }
        return code;
    }

    /** Refuses what no server need be asked about. */
    private void checkRequest() {
        options();
        spec();
    }

    private LockOptions options() {
        return new LockOptions(
                shared ? LockMode.SHARED : LockMode.EXCLUSIVE, wait, Priority.NORMAL, reason, null, null);
    }

    /** To lock a file before it is made is right; to mistype one guards nothing. */
    private static void noteNewFiles(Tree tree, LockSet locks) {
        locks.grants().stream()
                .map(LockGrant::path)
                .filter(path -> !Files.exists(tree.root().resolve(path.value())))
                .forEach(path -> note("note: " + path + " does not exist (yet) in " + tree.root()));
    }

    private AgentSpec spec() {
        return AgentSpec.of(type, name == null ? nameOf(command.get(0)) : name).temporarily();
    }

    private List<RepoPath> resolve(Tree tree, Path cwd, CasePolicy policy) {
        return paths.stream().map(path -> tree.resolve(path, cwd, policy)).toList();
    }

    /** The tree around a directory, in the workspace that was asked for. */
    static Tree tree(Path cwd, Target target) {
        Tree tree;
        try {
            tree = Tree.open(cwd);
        } catch (IllegalStateException e) {
            throw new CliException(ExitCode.NOT_BOUND, String.valueOf(e.getMessage()), e);
        }
        target.askedWorkspace().filter(asked -> !asked.equals(tree.workspace())).ifPresent(asked -> {
            throw new CliException(
                    ExitCode.NOT_BOUND,
                    "the tree " + tree.root() + " is bound to workspace '" + tree.workspace() + "', not '" + asked
                            + "'; leave --workspace out");
        });
        return tree;
    }

    /** The last part of the command's name, as far as an agent's name may hold it. */
    static String nameOf(String command) {
        String last = command.substring(command.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9_.]", "_");
        return last.isEmpty() ? "command" : last.substring(0, Math.min(64, last.length()));
    }

    private static void note(String line) {
        System.err.println("bumba: " + Text.oneLine(line));
    }
}
