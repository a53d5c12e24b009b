package io.bumba.path;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/**
 * Files in canonical order, each once. Whoever takes locks in the order of such a set never waits in a circle with others
 * who do.
 *
 * @param paths in order; the constructor sorts them
 */
public record PathSet(List<RepoPath> paths) implements Iterable<RepoPath> {
    public PathSet {
        paths = List.copyOf(new TreeSet<>(paths));
    }

    public static PathSet of(Collection<RepoPath> paths) {
        return new PathSet(List.copyOf(paths));
    }

    public static PathSet of(RepoPath... paths) {
        return new PathSet(List.of(paths));
    }

    public int size() {
        return paths.size();
    }

    @Override
    public Iterator<RepoPath> iterator() {
        return paths.iterator();
    }
}
