package io.bumba.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.bumba.agent.AgentId;
import io.bumba.file.Tree;
import io.bumba.path.CasePolicy;
import io.bumba.path.RepoPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba explain}: who may do what with a file, and why. */
@Command(
        name = "explain",
        description = {
            "Say who may read and write a file, and why: territories, the lock, who waits, what to do.",
            "",
            "Inside 'bumba session' it is for the session's agent."
        })
final class ExplainCommand extends ViewCommand {
    private final GlobalOptions global;

    @Parameters(paramLabel = "PATH", description = "The file, relative to the current directory.")
    private String file = "";

    @Option(
            names = "--agent",
            paramLabel = "ID",
            description = "For this agent, as 'bumba agents' shows it; by default for one that owns nothing.")
    private @Nullable String agent;

    @Option(
            names = "--workspace-relative",
            description = "PATH is as 'bumba locks' shows it; the current directory does not matter.")
    private boolean workspaceRelative;

    ExplainCommand(GlobalOptions global) {
        super(global);
        this.global = global;
    }

    @Override
    void check() {
        Map<String, String> unused = query();
    }

    @Override
    String path() {
        return "/api/v1/explain";
    }

    @Override
    Optional<String> workspace(Target target) {
        return workspaceRelative ? target.askedWorkspace() : Optional.of(tree().workspace());
    }

    @Override
    Map<String, String> query() {
        Map<String, String> query = new TreeMap<>();
        // Whether A is a is the workspace's to say; the coordinator folds it.
        query.put(
                "path",
                workspaceRelative
                        ? RepoPath.of(file).value()
                        : tree().resolve(file, global.around().cwd(), CasePolicy.SENSITIVE)
                                .value());
        if (agent != null) {
            query.put("agent", new AgentId(agent).value());
        }
        return query;
    }

    private Tree tree() {
        return RunCommand.tree(global.around().cwd(), global.target());
    }

    @Override
    List<String> lines(JsonNode answer, OptionalInt columns) {
        List<String> lines = new ArrayList<>(warningIfStale(answer));
        lines.addAll(ExplanationLines.of(answer));
        return lines;
    }
}
