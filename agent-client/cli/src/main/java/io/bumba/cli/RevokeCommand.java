package io.bumba.cli;

import io.bumba.file.Tree;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba revoke}: an operator ends a territory of others. The coordinator does it, and keeps who and why. */
@Command(
        name = "revoke",
        description = {
            "End a territory of others, on record.",
            "",
            "For operators: takes the operator's token. The owner is told and has time to finish (--grace);",
            "then it ends, and whoever waits for it comes next. Locks inside stay: see 'bumba break'."
        },
        footer = {"", "Example: bumba revoke src-auth-1f2e3d4c --reason 'needed for the release' --grace 5m"})
final class RevokeCommand implements Callable<Integer> {
    static final String TASK = "/tasks/revoke-territory";

    private final GlobalOptions global;

    @Parameters(paramLabel = "ID", description = "The territory, as 'bumba territories' shows it.")
    private String id = "";

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "TEXT",
            description = "Why; for the record and the owner.")
    private String reason = "";

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            converter = Durations.Converter.class,
            description = "How long the owner has to finish, at most 1d; by default 30s, and 0 not at all.")
    private Duration grace = Duration.ofSeconds(30);

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who does it, for the record; by default the user's name.")
    private String by = OperatorTask.user();

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            description =
                    "The coordinator's admin port, instead of the one found in the data directory (BUMBA_ADMIN_URL).")
    private @Nullable String adminUrl;

    @Option(names = "--json", description = "Print the coordinator's JSON as it is.")
    private boolean json;

    RevokeCommand(GlobalOptions global) {
        this.global = global;
    }

    @Override
    public Integer call() {
        Target target = global.target();
        Map<String, String> form = new TreeMap<>();
        form.put("id", id);
        form.put("reason", reason);
        form.put("by", by);
        form.put("grace", grace.toMillis() + "ms");
        target.askedWorkspace().ifPresent(asked -> form.put("workspace", asked));
        tree().ifPresent(tree -> {
            form.put("workspace", RunCommand.tree(tree.root(), target).workspace());
            form.put("cluster", tree.clusterId());
        });
        return new OperatorTask(TASK, target, adminUrl, json).carryOut(form);
    }

    /** An id is of one cluster; who stands in a tree means its own. */
    private java.util.Optional<Tree> tree() {
        try {
            return java.util.Optional.of(Tree.open(global.around().cwd()));
        } catch (IllegalStateException notBound) {
            return java.util.Optional.empty();
        }
    }
}
