package io.bumba.file;

import io.bumba.BumbaException;
import io.bumba.BumbaException.Code;
import io.bumba.path.CasePolicy;
import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One walk from a user's text into a tree, segment by segment, as the system would walk, and the words of its refusals.
 * What it stands on is always a real path, or one that does not exist below a real one.
 */
final class TreeWalk {
    /** As long as a path may be for the system. */
    private static final int MAX_TEXT = 4_096;

    private static final List<String> METADATA = List.of(".git", BindingFile.DIRECTORY);

    private final Path root;
    private final String kind;
    private final String text;

    /**
     * @param kind what the text is, for refusals
     * @param text what the user wrote
     */
    TreeWalk(Path root, String kind, String text) {
        this.root = root;
        this.kind = kind;
        this.text = text;
    }

    void checkText() {
        if (text.isEmpty()) {
            throw refused("is empty", "name a file");
        }
        if (text.length() > MAX_TEXT) {
            throw refused("has more than " + MAX_TEXT + " characters", "write it without detours");
        }
    }

    /** Where the names lead, from the directory or, if they begin with a slash, from the top. All but the last are followed. */
    Path walk(String names, Path cwd) {
        return walk(names, cwd, false);
    }

    /** The same, of names that all are directories, if they exist. */
    Path walkInto(String names, Path cwd) {
        return walk(names, cwd, true);
    }

    private Path walk(String names, Path cwd, boolean followsLast) {
        Path at = names.startsWith("/") ? root.getRoot() : start(cwd);
        List<String> segments = new ArrayList<>(Arrays.asList(names.split("/", -1)));
        segments.removeIf(s -> s.isEmpty() || s.equals("."));
        for (int i = 0; i < segments.size(); i++) {
            at = step(at, segments.get(i), !followsLast && i == segments.size() - 1);
        }
        return at;
    }

    private Path start(Path cwd) {
        try {
            Path real = cwd.toRealPath();
            if (real.startsWith(root)) {
                return real;
            }
        } catch (IOException e) {
            throw unreadable(cwd, e);
        }
        throw refused(
                "is relative to " + show(cwd) + ", which is outside the tree " + show(root),
                "change into the tree, or give an absolute path");
    }

    /** The last segment is not followed; whatever is there is judged when the walk is over. */
    private Path step(Path at, String segment, boolean last) {
        if (segment.equals("..")) {
            return at.getParent() == null ? at : at.getParent();
        }
        Path next = child(at, segment);
        return last
                ? next
                : attributes(next).map(found -> directory(next, found)).orElse(next);
    }

    /** The name is checked before the system is asked, which would answer too long a one in its own words. */
    private Path child(Path at, String segment) {
        if (at.startsWith(root)) {
            path(segment, CasePolicy.SENSITIVE);
        }
        try {
            return at.resolve(segment);
        } catch (InvalidPathException e) {
            throw refused(
                    "is no name on this system (" + Printable.of(String.valueOf(e.getReason())) + ")",
                    "rename the file, or run with LC_ALL=C.UTF-8");
        }
    }

    private Path directory(Path path, BasicFileAttributes attributes) {
        Path real = attributes.isSymbolicLink() ? follow(path) : path;
        if (!Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(
                    "goes through " + show(path) + ", which is not a directory", "name an existing file, or a new one");
        }
        return real;
    }

    Path follow(Path link) {
        try {
            return link.toRealPath();
        } catch (AccessDeniedException e) {
            throw unreadable(link, e);
        } catch (IOException e) {
            throw refused("goes through the symbolic link " + show(link) + ", which leads nowhere", "repair the link");
        }
    }

    void refuseOutside(Path file) {
        if (!file.startsWith(root)) {
            throw refused("is outside the tree " + show(root), "name a file inside it");
        }
    }

    void refuseMetadata(Path file) {
        for (Path segment : root.relativize(file)) {
            if (METADATA.stream().anyMatch(segment.toString()::equalsIgnoreCase)) {
                throw refused(
                        "lies in " + show(segment) + ", which belongs to a program", "name a file of the project");
            }
        }
    }

    void refuseSpecial(BasicFileAttributes attributes) {
        if (attributes.isOther()) {
            throw refused("is a FIFO, socket or device", "name a regular file");
        }
    }

    /** @param directory from which on upwards no other tree may begin before ours */
    void refuseTreesInside(@Nullable Path directory) {
        for (Path dir = directory; dir != null && !dir.equals(root); dir = dir.getParent()) {
            if (BindingFile.in(dir).read().isPresent()) {
                throw refused("belongs to the tree " + show(dir) + " inside this one", "work from within that tree");
            }
        }
    }

    /** A file inside, by its path from the root. A refusal names what the user wrote, too. */
    RepoPath path(Path file, CasePolicy policy) {
        return path(
                StreamSupport.stream(root.relativize(file).spliterator(), false)
                        .map(Path::toString)
                        .collect(Collectors.joining("/")),
                policy);
    }

    private RepoPath path(String name, CasePolicy policy) {
        try {
            return RepoPath.of(name, policy);
        } catch (IllegalArgumentException e) {
            throw inText(e);
        }
    }

    IllegalArgumentException inText(IllegalArgumentException refusal) {
        return new IllegalArgumentException("in '" + Printable.of(text) + "': " + refusal.getMessage(), refusal);
    }

    Optional<BasicFileAttributes> attributes(Path path) {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    IllegalArgumentException refused(String rule, String nextStep) {
        return new IllegalArgumentException(kind + " '" + Printable.of(text) + "' " + rule + "; " + nextStep);
    }

    private BumbaException unreadable(Path path, IOException cause) {
        return new BumbaException(
                Code.IO,
                "%s cannot be read (%s); check that this user may search its directory"
                        .formatted(show(path), Printable.of(cause.toString())),
                cause);
    }

    private static String show(Path path) {
        return Printable.of(path.toString());
    }
}
