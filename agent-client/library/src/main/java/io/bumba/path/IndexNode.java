package io.bumba.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory in a {@link PatternIndex}: the alternatives whose leading names end here, and what lies below. Most are
 * files with one entry, so what is empty takes no space.
 *
 * @param <E> what belongs to an alternative
 */
final class IndexNode<E> {
    /** An alternative with a wildcard after its leading names. */
    record Item<E>(E entry, Route route) {}

    private List<E> files = List.of();
    private List<E> trees = List.of();
    private @Nullable Rests<E> rests;
    private @Nullable Beginnings<Item<E>> globs;
    private Map<String, IndexNode<E>> children = Map.of();

    /** Whose alternatives are exactly this path. */
    List<E> files() {
        return files;
    }

    /** Whose alternatives are this path and all below. */
    List<E> trees() {
        return trees;
    }

    @Nullable
    IndexNode<E> child(String name) {
        return children.get(name);
    }

    Map<String, IndexNode<E>> children() {
        return Collections.unmodifiableMap(children);
    }

    /**
     * Alternatives that go on with any number of segments and may overlap this route; and some that do not.
     *
     * @param depth how many elements of the route have led here, if it has no star
     */
    void eachRestFor(Route asked, int depth, Consumer<Item<E>> consumer) {
        if (rests != null) {
            rests.eachFor(asked, depth, consumer);
        }
    }

    /** Alternatives that go on with a glob. */
    void eachGlob(Consumer<Item<E>> consumer) {
        if (globs != null) {
            globs.each(consumer);
        }
    }

    /** Those that go on with a glob and may match this segment; and some that do not. */
    void eachGlobFor(String segment, Consumer<Item<E>> consumer) {
        if (globs != null) {
            globs.eachOf(segment, consumer);
        }
    }

    /** Those that go on with a glob and may match what this one does; and some that do not. */
    void eachGlobFor(Glob glob, Consumer<Item<E>> consumer) {
        if (globs != null) {
            globs.eachAround(glob.literalPrefix(), consumer);
        }
    }

    /** Adds an alternative, whose names from this depth on lead from here. */
    void add(E entry, Route route, int depth) {
        if (depth < route.names()) {
            if (children.isEmpty()) {
                children = new HashMap<>(4);
            }
            children.computeIfAbsent(route.name(depth).intern(), name -> new IndexNode<>())
                    .add(entry, route, depth + 1);
        } else if (route.isFile()) {
            files = with(files, entry);
        } else if (route.isTree()) {
            trees = with(trees, entry);
        } else if (route.isStar(depth)) {
            rests = rests == null ? new Rests<>() : rests;
            rests.add(new Item<>(entry, route));
        } else {
            globs = globs == null ? new Beginnings<>() : globs;
            globs.add(beginning(route), new Item<>(entry, route));
        }
    }

    /** Removes one, if it is here. */
    void remove(E entry, Route route, int depth) {
        if (depth < route.names()) {
            IndexNode<E> child = child(route.name(depth));
            if (child != null) {
                child.remove(entry, route, depth + 1);
                if (child.isEmpty()) {
                    children.remove(route.name(depth));
                }
            }
        } else if (route.isFile()) {
            files = without(files, entry);
        } else if (route.isTree()) {
            trees = without(trees, entry);
        } else if (route.isStar(depth)) {
            if (rests != null) {
                rests.remove(new Item<>(entry, route));
                rests = rests.isEmpty() ? null : rests;
            }
        } else if (globs != null) {
            globs.remove(beginning(route), new Item<>(entry, route));
            globs = globs.isEmpty() ? null : globs;
        }
    }

    /** Itself and all below. */
    int count() {
        return 1 + children.values().stream().mapToInt(IndexNode::count).sum();
    }

    private boolean isEmpty() {
        return files.isEmpty() && trees.isEmpty() && rests == null && globs == null && children.isEmpty();
    }

    private static String beginning(Route route) {
        return ((Glob) route.element(route.names())).literalPrefix();
    }

    private static <X> List<X> with(List<X> list, X added) {
        if (list.isEmpty()) {
            return List.of(added);
        }
        List<X> longer = list.size() == 1 ? new ArrayList<>(list) : list;
        longer.add(added);
        return longer;
    }

    private static <X> List<X> without(List<X> list, X removed) {
        if (list.size() == 1) {
            return list.get(0).equals(removed) ? List.of() : list;
        }
        list.remove(removed);
        return list.size() == 1 ? List.of(list.get(0)) : list;
    }
}
