package io.bumba.cli;

import io.bumba.file.Tree;
import io.bumba.lock.BreakRequest;
import io.bumba.lock.FencingToken;
import io.bumba.path.CasePolicy;
import io.bumba.path.RepoPath;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba break}: an operator ends what others hold of a file. The coordinator does it, and keeps who and why. */
@Command(
        name = "break",
        description = {
            "End the lock that others hold, on record.",
            "",
            "For operators: takes the operator's token. The holder learns of it, whoever waits comes next.",
            "The holder's program is not stopped: see that it is, or that it listens, before you break its lock."
        },
        footer = {"", "Example: bumba break src/main.c --reason 'its agent hangs since noon'"})
final class BreakCommand implements Callable<Integer> {
    static final String TASK = "/tasks/break-lock";

    private final GlobalOptions global;

    @Parameters(paramLabel = "PATH", description = "The file, relative to the current directory.")
    private String path = "";

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "TEXT",
            description = "Why; for the record and the holder.")
    private String reason = "";

    @Option(
            names = "--token",
            paramLabel = "N",
            description = "Only the holder with this token, as 'bumba locks --json' shows it.")
    private @Nullable Long token;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who does it, for the record; by default the user's name.")
    private String by = OperatorTask.user();

    @Option(
            names = "--foreign",
            description =
                    "Remove the lock of a stock Curator InterProcessMutex that blocks the file, and nothing else.")
    private boolean foreign;

    @Option(
            names = "--workspace-relative",
            description = "PATH is as 'bumba locks' shows it; the current directory does not matter.")
    private boolean workspaceRelative;

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            description =
                    "The coordinator's admin port, instead of the one found in the data directory (BUMBA_ADMIN_URL).")
    private @Nullable String adminUrl;

    @Option(names = "--json", description = "Print the coordinator's JSON as it is.")
    private boolean json;

    BreakCommand(GlobalOptions global) {
        this.global = global;
    }

    @Override
    public Integer call() {
        Target target = global.target();
        return new OperatorTask(TASK, target, adminUrl, json).carryOut(form(target));
    }

    private Map<String, String> form(Target target) {
        Map<String, String> form = new TreeMap<>();
        if (workspaceRelative) {
            target.askedWorkspace().ifPresent(asked -> form.put("workspace", asked));
            form.put("path", RepoPath.of(path).value());
        } else {
            Tree tree = tree(target);
            form.put("workspace", tree.workspace());
            form.put("cluster", tree.clusterId());
            // Whether A is a is the workspace's to say; the coordinator folds it.
            form.put(
                    "path",
                    tree.resolve(path, global.around().cwd(), CasePolicy.SENSITIVE)
                            .value());
        }
        form.put("reason", reason);
        form.put("by", by);
        if (token != null) {
            form.put("token", new FencingToken(token).toString());
        }
        if (foreign) {
            form.put("foreign", "true");
        }
        // What breaks a rule is told at once.
        BreakRequest.of(RepoPath.of(form.get("path")), by, reason);
        return form;
    }

    private Tree tree(Target target) {
        try {
            return RunCommand.tree(global.around().cwd(), target);
        } catch (CliException e) {
            throw new CliException(
                    e.code(),
                    e.getMessage() + "; or name the file as 'bumba locks' shows it, with --workspace-relative",
                    e);
        }
    }
}
