package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.file.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba init}: binds a directory to the workspace and cluster that keep its locks. Again, it changes nothing. */
@Command(name = "init", description = "Bind a project's directory to its workspace and cluster, once.")
final class InitCommand implements Callable<Integer> {
    private final GlobalOptions global;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The project's root; by default the current directory.")
    private @Nullable Path dir;

    @Option(names = "--nested", description = "Bind a directory that lies inside a bound tree.")
    private boolean nested;

    InitCommand(GlobalOptions global) {
        this.global = global;
    }

    @Override
    public Integer call() {
        Path cwd = global.around().cwd();
        Path root = dir == null ? cwd : cwd.resolve(dir);
        if (!Files.isDirectory(root)) {
            throw new CliException(ExitCode.USAGE, root + " is not a directory; name the root of the project");
        }
        Optional<Tree> before = around(root);
        before.filter(tree -> !nested && !isRoot(tree, root)).ifPresent(outer -> {
            throw new CliException(
                    ExitCode.USAGE,
                    Text.oneLine(root.toString()) + " lies inside the tree "
                            + Text.oneLine(outer.root().toString())
                            + ", which is bound already; to make it a tree of its own, whose files the outer one then no"
                            + " longer answers for, say --nested");
        });
        Target target = global.target();
        Optional<Tree> same = before.filter(tree -> isRoot(tree, root));
        String workspace =
                target.askedWorkspace().or(() -> same.map(Tree::workspace)).orElseGet(target::workspace);
        try (Bumba bumba = target.open(workspace)) {
            Tree tree = Tree.init(root, workspace, bumba.clusterId());
            System.out.printf(
                    "%s %s to workspace '%s' of cluster %s (%s)%n",
                    Text.oneLine(tree.root().toString()),
                    same.isPresent() ? "is bound" : "is now bound",
                    tree.workspace(),
                    bumba.clusterId(),
                    target.connect());
            System.out.printf(
                    "every tree of workspace '%s' shares its locks, file by file: right for clones of one project; for"
                            + " another project give --workspace NAME%n",
                    tree.workspace());
        }
        before.filter(tree -> !isRoot(tree, root))
                .ifPresent(outer -> System.out.println("it lies inside the tree "
                        + Text.oneLine(outer.root().toString()) + ", which no longer answers for its files"));
        return ExitCode.OK.number();
    }

    private static Optional<Tree> around(Path root) {
        try {
            return Optional.of(Tree.open(root));
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static boolean isRoot(Tree tree, Path dir) {
        try {
            return Files.isSameFile(tree.root(), dir);
        } catch (java.io.IOException e) {
            throw new CliException(ExitCode.PROBLEM, dir + " cannot be read (" + e + ")", e);
        }
    }
}
