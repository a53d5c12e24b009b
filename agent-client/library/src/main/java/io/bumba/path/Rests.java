package io.bumba.path;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The alternatives of one {@link IndexNode} that go on with any number of segments. Those with a last segment, as {@code
 * **}{@code /*.md}, are kept by what that ends in; others, as {@code **}{@code /test/**}, by what the segment behind the star begins
 * with: some segment of every match begins so.
 */
final class Rests<E> {
    private final Beginnings<IndexNode.Item<E>> byEnd = new Beginnings<>();
    private final Beginnings<IndexNode.Item<E>> byFirst = new Beginnings<>();

    void add(IndexNode.Item<E> item) {
        if (hasLast(item.route())) {
            byEnd.add(reversedEnd(item.route()), item);
        } else {
            byFirst.add(first(item.route()), item);
        }
    }

    void remove(IndexNode.Item<E> item) {
        if (hasLast(item.route())) {
            byEnd.remove(reversedEnd(item.route()), item);
        } else {
            byFirst.remove(first(item.route()), item);
        }
    }

    boolean isEmpty() {
        return byEnd.isEmpty() && byFirst.isEmpty();
    }

    /**
     * Those that may overlap a route, each once; and some that do not.
     *
     * @param depth how many elements of the route have led to the node, if it has no star
     */
    void eachFor(Route asked, int depth, Consumer<IndexNode.Item<E>> consumer) {
        if (!hasLast(asked)) {
            byEnd.each(consumer);
        } else if (asked.element(asked.length() - 1) instanceof Name) {
            byEnd.eachOf(reversedEnd(asked), consumer);
        } else {
            byEnd.eachAround(reversedEnd(asked), consumer);
        }
        if (byFirst.isEmpty()) {
            return;
        }
        if (asked.hasStar()) {
            byFirst.each(consumer);
            return;
        }
        Set<IndexNode.Item<E>> candidates = new HashSet<>();
        for (int i = depth; i < asked.length(); i++) {
            if (asked.element(i) instanceof Name name) {
                byFirst.eachOf(name.text(), candidates::add);
            } else {
                byFirst.eachAround(beginning(asked.element(i)), candidates::add);
            }
        }
        candidates.forEach(consumer);
    }

    private static boolean hasLast(Route route) {
        return !route.isStar(route.length() - 1);
    }

    private static String first(Route route) {
        return beginning(route.element(route.names() + 1));
    }

    private static String beginning(Element element) {
        return element instanceof Glob glob ? glob.literalPrefix() : ((Name) element).text();
    }

    private static String reversedEnd(Route route) {
        Element last = route.element(route.length() - 1);
        String end = last instanceof Glob glob ? glob.literalSuffix() : ((Name) last).text();
        return new StringBuilder(end).reverse().toString();
    }
}
