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

/**
 * One walk from a text to the file that it means, segment by segment, as the system would walk; see {@link
 * Tree#resolve}. What it stands on is always a real path, or one that does not exist below a real one.
 */
final class FileLocator {
    /** As long as a path may be for the system. */
    private static final int MAX_TEXT = 4_096;

    private static final List<String> METADATA = List.of(".git", BindingFile.DIRECTORY);

    private final Path root;
    private final String text;

    FileLocator(Path root, String text) {
        this.root = root;
        this.text = text;
    }

    RepoPath locate(Path cwd, CasePolicy policy) {
        checkText();
        Path file = walk(text.startsWith("/") ? root.getRoot() : start(cwd));
        if (!file.startsWith(root)) {
            throw refused("is outside the tree " + show(root), "name a file inside it");
        }
        refuseMetadata(file);
        attributes(file).ifPresent(this::refuseUnlessRegular);
        refuseTreesInside(file);
        return path(relative(file), policy);
    }

    private void checkText() {
        if (text.isEmpty()) {
            throw refused("is empty", "name a file");
        }
        if (text.length() > MAX_TEXT) {
            throw refused("has more than " + MAX_TEXT + " characters", "write it without detours");
        }
        if (text.endsWith("/")) {
            throw refused("ends in '/', so it is a directory, not a file", "name a file in it");
        }
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

    private Path walk(Path start) {
        List<String> segments = new ArrayList<>(Arrays.asList(text.split("/", -1)));
        segments.removeIf(s -> s.isEmpty() || s.equals("."));
        Path at = start;
        for (int i = 0; i < segments.size(); i++) {
            at = step(at, segments.get(i), i == segments.size() - 1);
        }
        return at;
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

    /** A refusal names what the user wrote, too. */
    private RepoPath path(String name, CasePolicy policy) {
        try {
            return RepoPath.of(name, policy);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("in '" + Printable.of(text) + "': " + e.getMessage(), e);
        }
    }

    private void refuseUnlessRegular(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            throw refused("is a symbolic link, a second name of another file", "name that file");
        }
        if (attributes.isDirectory()) {
            throw refused("is a directory", "name a file in it");
        }
        if (attributes.isOther()) {
            throw refused("is a FIFO, socket or device", "name a regular file");
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

    private Path follow(Path link) {
        try {
            return link.toRealPath();
        } catch (AccessDeniedException e) {
            throw unreadable(link, e);
        } catch (IOException e) {
            throw refused("goes through the symbolic link " + show(link) + ", which leads nowhere", "repair the link");
        }
    }

    private void refuseMetadata(Path file) {
        for (Path segment : root.relativize(file)) {
            if (METADATA.stream().anyMatch(segment.toString()::equalsIgnoreCase)) {
                throw refused(
                        "lies in " + show(segment) + ", which belongs to a program", "name a file of the project");
            }
        }
    }

    private void refuseTreesInside(Path file) {
        for (Path dir = file.getParent(); dir != null && !dir.equals(root); dir = dir.getParent()) {
            if (BindingFile.in(dir).read().isPresent()) {
                throw refused("belongs to the tree " + show(dir) + " inside this one", "work from within that tree");
            }
        }
    }

    private String relative(Path file) {
        return StreamSupport.stream(root.relativize(file).spliterator(), false)
                .map(Path::toString)
                .collect(Collectors.joining("/"));
    }

    private Optional<BasicFileAttributes> attributes(Path path) {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private IllegalArgumentException refused(String rule, String nextStep) {
        return new IllegalArgumentException("path '" + Printable.of(text) + "' " + rule + "; " + nextStep);
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
