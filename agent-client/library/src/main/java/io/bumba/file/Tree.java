package io.bumba.file;

import io.bumba.BumbaException;
import io.bumba.BumbaException.Code;
import io.bumba.path.CasePolicy;
import io.bumba.path.PathPattern;
import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * One directory whose files are locked in one workspace of one cluster; {@code .bumba/workspace} in it says which. Made
 * by {@link #init} once, then found by {@link #open} from anywhere inside. Trees may lie inside one another, as git
 * worktrees do: a file belongs to the innermost, and the others refuse it. Immutable.
 */
public final class Tree {
    private final Path root;
    private final Binding binding;

    private Tree(Path root, Binding binding) {
        this.root = root;
        this.binding = binding;
    }

    /**
     * The innermost tree around a file or directory.
     *
     * @param anywhereInside must exist
     * @throws IllegalStateException when no directory from there up is bound
     * @throws BumbaException UNSUPPORTED when the binding is not one that this version reads, IO when it cannot be read
     */
    public static Tree open(Path anywhereInside) {
        Path start = real(anywhereInside);
        for (Optional<Path> dir = Optional.of(start);
                dir.isPresent();
                dir = Optional.ofNullable(dir.get().getParent())) {
            Path root = dir.get();
            Optional<Binding> binding =
                    Files.isDirectory(root) ? BindingFile.in(root).read() : Optional.empty();
            if (binding.isPresent()) {
                return new Tree(root, binding.get());
            }
        }
        throw new IllegalStateException("no tree at or above " + Printable.of(start.toString())
                + "; run 'bumba init' in the root of the project");
    }

    /**
     * Binds a directory, for good. Again for the same workspace and cluster it changes nothing, whoever was first.
     *
     * @param workspace {@code [A-Za-z0-9_.-]}, 1 to 64 characters
     * @param clusterId of the cluster that keeps the locks
     * @throws IllegalArgumentException when a name is malformed or the root is no directory
     * @throws BumbaException WRONG_CLUSTER when it is bound to another workspace or cluster, UNSUPPORTED when something
     *     else is in the binding's place, IO when it cannot be read or written
     */
    public static Tree init(Path root, String workspace, String clusterId) {
        Binding mine = Binding.draw(workspace, clusterId, new SecureRandom());
        Path realRoot = real(root);
        if (!Files.isDirectory(realRoot)) {
            throw new IllegalArgumentException(
                    Printable.of(root.toString()) + " is not a directory; name the root of the project");
        }
        Tree tree = new Tree(realRoot, BindingFile.in(realRoot).createOrRead(mine));
        if (!tree.binding.sameWorld(mine)) {
            throw tree.wrong("workspace '" + workspace + "' of cluster '" + clusterId + "'");
        }
        return tree;
    }

    /** The directory, absolute and without links. */
    public Path root() {
        return root;
    }

    public String workspace() {
        return binding.workspace();
    }

    /** 16 hex digits, drawn when the tree was bound. */
    public String treeId() {
        return binding.treeId();
    }

    public String clusterId() {
        return binding.clusterId();
    }

    /** @throws BumbaException WRONG_CLUSTER when the tree's locks are kept by another cluster */
    public void requireCluster(String connectedTo) {
        if (!clusterId().equals(connectedTo)) {
            throw wrong("cluster '" + Printable.of(connectedTo) + "'");
        }
    }

    /**
     * Which file of this tree the user means. Links to directories are followed, so every way to a file gives the same
     * path, and {@code ..} goes where the system would go; where the file is decides, not the way there. The file, and
     * directories above it, need not exist.
     *
     * <p>The answer is true at the moment it is given: whoever then opens the file must follow no link.
     *
     * @param userText relative to {@code cwd}, or absolute
     * @param cwd a directory in the tree; not looked at when the text is absolute
     * @param policy the workspace's
     * @throws IllegalArgumentException naming the text, the rule and the next step: outside the tree or in a tree inside
     *     it; itself a link (two names would be one file), a directory, a FIFO, socket or device; below something that
     *     is not a directory; in a {@code .git} or {@code .bumba} at any depth, in whatever case; or no {@link RepoPath}
     * @throws BumbaException IO when a directory on the way cannot be read
     */
    public RepoPath resolve(String userText, Path cwd, CasePolicy policy) {
        return new FileLocator(root, userText).locate(cwd, policy);
    }

    /**
     * Which files of this tree the user means: a file, a directory, or a {@link PathPattern} relative to {@code cwd}, or
     * absolute. What stands before the first wildcard is walked as in {@link #resolve}, links to files included, so that
     * every way to the same files gives the same patterns; what a wildcard or a brace matches is not looked at, and a link
     * there stands for itself. A directory that exists is meant with all below it, with or without a slash at its end.
     *
     * <p>A name that a shell has put in the place of its own wildcards may contain some: when there is a file of exactly
     * this name it is meant too, besides what the pattern matches.
     *
     * @param policy the workspace's
     * @return one pattern, or two
     * @throws IllegalArgumentException naming the text, the rule and the next step: outside the tree or in a tree inside
     *     it; a FIFO, socket or device; below something that is not a directory; in a {@code .git} or {@code .bumba}; or no
     *     pattern
     * @throws BumbaException IO when a directory on the way cannot be read
     */
    public List<PathPattern> resolvePattern(String userText, Path cwd, CasePolicy policy) {
        return new PatternLocator(root, userText).locate(cwd, policy);
    }

    private BumbaException wrong(String asked) {
        return new BumbaException(
                Code.WRONG_CLUSTER,
                "the tree %s is bound to workspace '%s' of cluster '%s', not to %s: two clusters or workspaces are two lock worlds; connect to the first, or remove %s when nobody works there any more and run 'bumba init'"
                        .formatted(
                                Printable.of(root.toString()),
                                workspace(),
                                clusterId(),
                                asked,
                                BindingFile.DIRECTORY + "/workspace"));
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    Printable.of(path.toString()) + " cannot be found (" + Printable.of(e.toString())
                            + "); name a file or directory that exists",
                    e);
        }
    }
}
