package io.bumba.file;

import io.bumba.path.CasePolicy;
import io.bumba.path.PathPattern;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a text to the files of a tree that it means; see {@link Tree#resolvePattern}. */
final class PatternLocator {
    private static final String WILDCARDS = "*?[{";
    private static final String ESCAPED = "*?[]{},!^-#";

    private final Path root;
    private final String text;
    private final TreeWalk walk;

    PatternLocator(Path root, String text) {
        this.root = root;
        this.text = text;
        this.walk = new TreeWalk(root, "pattern", text);
    }

    List<PathPattern> locate(Path cwd, CasePolicy policy) {
        walk.checkText();
        int wildcard = firstWildcard();
        boolean named = (wildcard >= 0 || text.startsWith("!")) && exists(cwd);
        List<PathPattern> patterns = new ArrayList<>();
        if (named) {
            patterns.add(literal(text, cwd, policy));
        }
        try {
            if (wildcard >= 0) {
                patterns.add(glob(wildcard, cwd, policy));
            } else if (!named) {
                refuseNegation();
                patterns.add(literal(unescaped(text), cwd, policy));
            }
        } catch (IllegalArgumentException e) {
            if (!named) {
                throw e;
            }
            // Such as a file [id of which the shell gave the name: it is no pattern.
        }
        return patterns;
    }

    private int firstWildcard() {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (WILDCARDS.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** Whether something has exactly this name, wildcards and all. */
    private boolean exists(Path cwd) {
        try {
            return text.indexOf('\\') < 0 && Files.exists(cwd.resolve(text), LinkOption.NOFOLLOW_LINKS);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private void refuseNegation() {
        if (text.startsWith("!")) {
            throw walk.refused("begins with '!': patterns exclude nothing", "list what is meant");
        }
    }

    private String unescaped(String escaped) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) == '\\') {
                i++;
                if (i == escaped.length() || ESCAPED.indexOf(escaped.charAt(i)) < 0) {
                    throw walk.refused("contains a backslash that escapes nothing", "separate directories by '/'");
                }
            }
            name.append(escaped.charAt(i));
        }
        return name.toString();
    }

    private PathPattern literal(String name, Path cwd, CasePolicy policy) {
        boolean saysDirectory = name.endsWith("/");
        Path at = saysDirectory ? walk.walkInto(name, cwd) : walk.walk(name, cwd);
        Optional<BasicFileAttributes> found = walk.attributes(at);
        if (found.filter(BasicFileAttributes::isSymbolicLink).isPresent()) {
            at = walk.follow(at);
            found = walk.attributes(at);
        }
        boolean isDirectory =
                saysDirectory || found.filter(BasicFileAttributes::isDirectory).isPresent();
        walk.refuseOutside(at);
        walk.refuseMetadata(at);
        found.ifPresent(walk::refuseSpecial);
        walk.refuseTreesInside(isDirectory ? at : at.getParent());
        if (at.equals(root)) {
            return PathPattern.of("**");
        }
        PathPattern file = PathPattern.of(walk.path(at, policy));
        return isDirectory ? PathPattern.of(file.value() + "/") : file;
    }

    private PathPattern glob(int wildcard, Path cwd, CasePolicy policy) {
        int begin = text.lastIndexOf('/', wildcard) + 1;
        Path directory = walk.walkInto(unescaped(text.substring(0, begin)), cwd);
        walk.refuseOutside(directory);
        walk.refuseMetadata(directory);
        walk.refuseTreesInside(directory);
        String prefix = directory.equals(root)
                ? ""
                : PathPattern.of(walk.path(directory, policy)).value() + "/";
        try {
            return PathPattern.of(prefix + text.substring(begin), policy);
        } catch (IllegalArgumentException e) {
            throw prefix.isEmpty() && begin == 0 ? e : walk.inText(e);
        }
    }
}
