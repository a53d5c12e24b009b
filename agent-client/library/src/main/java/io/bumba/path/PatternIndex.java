package io.bumba.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which patterns belong to whom, for very many of both: a trie over the leading names of patterns, so that only what lies on
 * the way to a pattern, or below it, is looked at. At each directory, patterns that go on with a wildcard are kept by the characters
 * with which that begins, those that go on with {@code **} by what their last segment ends in, or their next begins with; what is
 * left is decided exactly. The cost of a question depends on how much lies on its way, hardly on the size.
 *
 * <p>A pattern and its owner, by {@code equals}, are in it or not: adding them twice changes nothing, and so does removing
 * what is not there. Not thread-safe: whoever has it guards it, questions too.
 */
public final class PatternIndex<T> {
    /** A pattern and whose it is. */
    public record Entry<T>(PathPattern pattern, T owner) {}

    /** Each by itself: the pattern that stands in the trie is the one that must be taken out. */
    private final Map<Entry<T>, Entry<T>> entries = new HashMap<>();

    private final IndexNode<Entry<T>> root = new IndexNode<>();

    public void add(PathPattern pattern, T owner) {
        Entry<T> entry = new Entry<>(pattern, owner);
        if (entries.putIfAbsent(entry, entry) == null) {
            pattern.routes().forEach(route -> root.add(entry, route, 0));
        }
    }

    public void remove(PathPattern pattern, T owner) {
        Entry<T> entry = entries.remove(new Entry<>(pattern, owner));
        if (entry != null) {
            entry.pattern().routes().forEach(route -> root.remove(entry, route, 0));
        }
    }

    /** All entries whose patterns overlap this one, each once, in no order. */
    public List<Entry<T>> overlapping(PathPattern pattern) {
        return overlapping(pattern, Work.unlimited());
    }

    List<Entry<T>> overlapping(PathPattern pattern, Work work) {
        List<Entry<T>> found = new ArrayList<>();
        List<Route> routes = pattern.routes();
        routes.forEach(route -> new Question<Entry<T>>(route, work, found::add).ask(root));
        return eachOnce(found, routes.size() > 1);
    }

    /** All entries whose patterns match this path, each once, in no order. */
    public List<Entry<T>> matching(RepoPath path) {
        List<Entry<T>> found = new ArrayList<>();
        List<String> segments = path.segments();
        Route asked = Route.file(segments);
        Work work = Work.unlimited();
        Consumer<IndexNode.Item<Entry<T>>> exactly = item -> {
            if (item.route().matches(segments, work)) {
                found.add(item.entry());
            }
        };
        IndexNode<Entry<T>> node = root;
        for (int depth = 0; depth < segments.size(); depth++) {
            String segment = segments.get(depth);
            found.addAll(node.trees());
            node.eachRestFor(asked, depth, exactly);
            node.eachGlobFor(segment, exactly);
            node = node.child(segment);
            if (node == null) {
                return eachOnce(found, false);
            }
        }
        found.addAll(node.files());
        found.addAll(node.trees());
        node.eachRestFor(asked, segments.size(), exactly);
        return eachOnce(found, false);
    }

    private static <T> List<Entry<T>> eachOnce(List<Entry<T>> found, boolean mayRepeat) {
        boolean repeats =
                mayRepeat || found.stream().anyMatch(entry -> entry.pattern().hasAlternatives());
        return repeats ? List.copyOf(new LinkedHashSet<>(found)) : List.copyOf(found);
    }

    /** How many entries. */
    public int size() {
        return entries.size();
    }

    /** How many directories and files it keeps, the root included. */
    int nodes() {
        return root.count();
    }

    /**
     * Which entries overlap one route.
     *
     * @param path to the node that is looked at
     */
    private record Question<E>(Route route, Work work, Consumer<E> found, List<String> path) {
        Question(Route route, Work work, Consumer<E> found) {
            this(route, work, found, new ArrayList<>());
        }

        /** The route's elements that the path has taken, none of them a star, are as many as its segments. */
        void ask(IndexNode<E> node) {
            work.step();
            answer(node);
            if (path.size() == route.length()) {
                return;
            }
            Element next = route.element(path.size());
            if (next instanceof Name name) {
                node.eachGlobFor(name.text(), this::decide);
                IndexNode<E> child = node.child(name.text());
                if (child != null) {
                    below(name.text(), child, this::ask);
                }
            } else if (next instanceof Glob glob) {
                node.eachGlobFor(glob, this::decide);
                node.children().forEach((segment, child) -> {
                    if (glob.matches(segment, work)) {
                        below(segment, child, this::ask);
                    }
                });
            } else {
                askAll(node);
            }
        }

        /** All below may overlap what goes on with any number of segments. */
        private void askAll(IndexNode<E> node) {
            node.eachGlob(this::decide);
            node.children()
                    .forEach((segment, child) -> below(segment, child, all -> {
                        work.step();
                        answer(all);
                        askAll(all);
                    }));
        }

        private void below(String segment, IndexNode<E> child, Consumer<IndexNode<E>> question) {
            path.add(segment);
            question.accept(child);
            path.remove(path.size() - 1);
        }

        private void answer(IndexNode<E> node) {
            if (!node.files().isEmpty() && route.matches(path, work)) {
                node.files().forEach(found);
            }
            node.trees().forEach(found);
            node.eachRestFor(route, path.size(), this::decide);
        }

        private void decide(IndexNode.Item<E> item) {
            if (route.meets(item.route(), work)) {
                found.accept(item.entry());
            }
        }
    }
}
