package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.Bumba;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.file.Tree;
import io.bumba.path.CasePolicy;
import io.bumba.path.PathPatterns;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.TerritoryRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bumba claim}: a territory, kept for a command or until a signal. */
@Command(
        name = "claim",
        description = {
            "Claim files, directories and patterns as a territory, all of it or nothing.",
            "",
            "Nobody else locks or claims anything inside while it is yours (--type says otherwise). With a COMMAND,",
            "runs it inside, passes its exit code on, and gives the territory back; when it is lost, the command and",
            "its children get TERM, and five seconds later KILL. Without one it is kept until Ctrl-C, or inside",
            "'bumba session' until 'bumba release' or the end of the session.",
            "The command finds the territory in BUMBA_TERRITORY, its owner in BUMBA_AGENT."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        footer = {"", "Example: bumba claim --title 'new login' --wait 10m 'src/auth/**' docs/ -- make"})
final class ClaimCommand implements Callable<Integer> {
    /** What a session may take beyond the wait. */
    private static final Duration ANSWERED = Duration.ofSeconds(12);

    private final GlobalOptions global;

    @Mixin
    private final ClaimOptions options = new ClaimOptions();

    @Option(
            names = "--agent-type",
            paramLabel = "TYPE",
            description = "The agent's type, which decides its department.")
    private @Nullable String agentType;

    @Option(names = "--name", paramLabel = "NAME", description = "The agent's name; by default the command's.")
    private @Nullable String name;

    @Option(names = "--json", description = "Say in one line of JSON what is claimed, or why it is not.")
    private boolean json;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATTERN [-- COMMAND]",
            description = "What to claim, relative to the current directory: a file, a directory, or a pattern as in"
                    + " .gitignore, in quotes; then, after --, the command and its arguments.")
    private List<String> words = new ArrayList<>();

    @Spec
    private final CommandSpec spec = CommandSpec.create();

    ClaimCommand(GlobalOptions global) {
        this.global = global;
    }

    /** What stands before {@code --}, and after it. */
    private record Words(List<String> patterns, List<String> command) {
        /** @param line all words as they were typed, of which {@code words} are those that are no options */
        static Words split(List<String> line, List<String> words) {
            int sign = line.indexOf("--");
            List<String> command = sign < 0 ? List.of() : line.subList(sign + 1, line.size());
            int patterns = words.size() - command.size();
            if (patterns < 1 || !words.subList(patterns, words.size()).equals(command)) {
                throw new CliException(
                        ExitCode.USAGE, "no pattern before '--': name what to claim, then '--' and the command");
            }
            return new Words(words.subList(0, patterns), command);
        }

        String name() {
            return command.isEmpty() ? "claim" : RunCommand.nameOf(command.get(0));
        }
    }

    @Override
    public Integer call() {
        Words said = Words.split(spec.commandLine().getParseResult().originalArgs(), words);
        if (!said.command().isEmpty()) {
            CommandFinder.require(said.command().get(0), global.around());
        }
        Supervisor supervisor = new Supervisor();
        try {
            String session = global.around().variable("BUMBA_SESSION");
            return session.isEmpty() ? alone(said, supervisor) : inside(session, said, supervisor);
        } catch (InterruptedException | RuntimeException e) {
            // A signal before the command ran: whatever it broke off is no error of its own.
            return supervisor
                    .endedEarly()
                    .map(Signals::exitCode)
                    .orElseThrow(() -> e instanceof RuntimeException failed
                            ? failed
                            : new CliException(ExitCode.PROBLEM, "interrupted; nothing is claimed", e));
        }
    }

    /** With an agent of its own. */
    private int alone(Words said, Supervisor supervisor) throws InterruptedException {
        Path cwd = global.around().cwd();
        Target target = global.target();
        AgentSpec agentSpec = AgentSpec.of(
                        Objects.requireNonNullElse(agentType, "Command"), Objects.requireNonNullElse(name, said.name()))
                .temporarily();
        Tree tree = RunCommand.tree(cwd, target);
        // Before anything is asked of a server: what is not right is told at once.
        TerritoryRequest unused =
                options.request(ClaimOptions.resolve(tree, said.patterns(), cwd, CasePolicy.SENSITIVE));
        Signals.handle(supervisor);
        try (Bumba bumba = target.open(tree.workspace())) {
            tree.requireCluster(bumba.clusterId());
            Endings endings = Endings.of(bumba);
            try (Agent agent = bumba.register(agentSpec)) {
                CasePolicy policy = bumba.settings().caseInsensitive() ? CasePolicy.FOLDED : CasePolicy.SENSITIVE;
                PathPatterns patterns = ClaimOptions.resolve(tree, said.patterns(), cwd, policy);
                AllocateResult result = GrantedTerritory.allocate(
                        bumba.territories(agent)::allocateAsync,
                        options.request(patterns),
                        System::nanoTime,
                        ClaimCommand::note);
                String id = agent.id().value();
                GrantedTerritory kept = new GrantedTerritory(
                                id, result.grant().orElseThrow(() -> refused(result, said)), endings::take)
                        .watch(ClaimCommand::note);
                if (json) {
                    System.out.println(SessionAnswer.jsonLine(TerritoryAnswers.describe(
                            kept.grant(), SessionAnswer.object().put("agent", id))));
                }
                return said.command().isEmpty() ? keep(kept) : run(kept, said.command(), supervisor);
            }
        }
    }

    private CliException refused(AllocateResult result, Words said) {
        ExitCode code = result instanceof AllocateResult.Lost ? ExitCode.UNREACHABLE : TerritoryAnswers.code(result);
        String message = result.message()
                + (said.command().isEmpty() ? "" : "; nothing was run")
                + (code == ExitCode.HELD && options.patience().isZero() ? "; --wait 10m would wait for it" : "");
        if (json) {
            ObjectNode answer = SessionAnswer.object().put("error", code.name()).put("message", Text.oneLine(message));
            System.out.println(SessionAnswer.jsonLine(
                    TerritoryAnswers.describe(result, answer).put("exitCode", code.number())));
        }
        return new CliException(code, message);
    }

    /** For the agent of the session around this process. */
    private int inside(String socket, Words said, Supervisor supervisor) throws InterruptedException {
        if (agentType != null || name != null) {
            throw new CliException(
                    ExitCode.USAGE,
                    "inside a session its agent claims: leave --name and --agent-type out, or begin another session");
        }
        Signals.handle(supervisor);
        SessionClient session =
                new SessionClient(Path.of(socket), global.around().cwd());
        List<String> line = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
        int sign = line.indexOf("--");
        List<String> asked = sign < 0 ? line : line.subList(0, sign);
        // The options of every command may stand before the word; what follows it is for the session.
        List<String> words = new ArrayList<>(asked.subList(asked.indexOf(spec.name()), asked.size()));
        if (!said.command().isEmpty() && !json) {
            words.add("--json");
        }
        SessionClient.Answer answer = session.ask(options.patience().plus(ANSWERED), words);
        answer.notes().forEach(ClaimCommand::note);
        if (json || said.command().isEmpty()) {
            answer.out().forEach(System.out::println);
        }
        if (answer.code() != ExitCode.OK.number() || said.command().isEmpty()) {
            return answer.code();
        }
        return run(SessionTerritory.of(session, answer), said.command(), supervisor);
    }

    private static int run(KeptTerritory kept, List<String> command, Supervisor supervisor)
            throws InterruptedException {
        int code;
        Optional<String> lost;
        try {
            System.out.flush();
            Child child = Child.start(command, Map.of("BUMBA_AGENT", kept.agent(), "BUMBA_TERRITORY", kept.id()));
            CompletableFuture<Void> unused = kept.end().thenAccept(supervisor::end);
            code = supervisor.supervise(child);
        } finally {
            lost = kept.release(ClaimCommand::note);
        }
        if (lost.isPresent()) {
            throw new CliException(
                    ExitCode.LOST,
                    lost.get() + " while '" + command.get(0)
                            + "' ran: what it did since is not protected; look at the files, then run it again");
        }
        return code;
    }

    /** Until a signal, which is the way to end it and no failure. */
    private int keep(KeptTerritory kept) {
        if (!json) {
            System.out.println("territory " + kept.id() + " is claimed (" + Text.oneLine(kept.area())
                    + ") until Ctrl-C or the end of this process");
        }
        System.out.flush();
        try {
            String unused = kept.end().get();
        } catch (InterruptedException signal) {
            // What is left is to give it back.
        } catch (ExecutionException e) {
            throw new IllegalStateException("could not keep the territory", e);
        }
        Optional<String> lost = kept.release(ClaimCommand::note);
        if (lost.isPresent()) {
            throw new CliException(ExitCode.LOST, lost.get() + ": what is done there now is not protected");
        }
        return ExitCode.OK.number();
    }

    private static void note(String line) {
        System.err.println("bumba: " + Text.oneLine(line));
    }
}
