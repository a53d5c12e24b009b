package io.bumba.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A pattern without braces, as a row of segments. Every element alone matches at least one valid segment, so every route
 * matches at least one path, if the limits of lengths are not looked at. Immutable.
 */
final class Route extends Wild {
    private final Element[] elements;
    private final int names;

    private Route(Element[] elements) {
        super(stars(elements));
        this.elements = elements;
        int leading = 0;
        while (leading < elements.length && elements[leading] instanceof Name) {
            leading++;
        }
        names = leading;
    }

    private static boolean[] stars(Element[] elements) {
        boolean[] stars = new boolean[elements.length];
        for (int i = 0; i < elements.length; i++) {
            stars[i] = elements[i] == Rest.REST;
        }
        return stars;
    }

    /** @param elements not empty, without two neighbours that are {@link Rest} */
    static Route of(List<Element> elements) {
        return new Route(elements.toArray(Element[]::new));
    }

    /** Exactly that path. */
    static Route file(List<String> segments) {
        return of(names(segments));
    }

    /** That path and, if it is a directory, all below. */
    static Route tree(List<String> segments) {
        List<Element> elements = names(segments);
        elements.add(Rest.REST);
        return of(elements);
    }

    private static List<Element> names(List<String> segments) {
        List<Element> names = new ArrayList<>();
        segments.forEach(segment -> names.add(new Name(segment)));
        return names;
    }

    @Override
    boolean isStar(int index) {
        return elements[index] == Rest.REST;
    }

    Element element(int index) {
        return elements[index];
    }

    /** How many leading elements are names. */
    int names() {
        return names;
    }

    String name(int index) {
        return ((Name) elements[index]).text();
    }

    List<String> literalPrefix() {
        List<String> prefix = new ArrayList<>(names);
        for (int i = 0; i < names; i++) {
            prefix.add(name(i));
        }
        return Collections.unmodifiableList(prefix);
    }

    /** Whether it is exactly one path. */
    boolean isFile() {
        return names == length();
    }

    /** Whether it is one path and all below. */
    boolean isTree() {
        return names == length() - 1 && isStar(names);
    }

    boolean matches(List<String> segments, Work work) {
        return fits(segments.size(), (here, there) -> {
            work.step();
            return matches(elements[here], segments.get(there), work);
        });
    }

    boolean meets(Route other, Work work) {
        return Wild.meet(this, other, (here, there) -> {
            work.step();
            return meet(elements[here], other.elements[there], work);
        });
    }

    /** Whether it matches something strictly below this directory. */
    boolean reachesInto(List<String> directory, Work work) {
        List<Element> below = names(directory);
        below.add(Glob.ANY);
        below.add(Rest.REST);
        return meets(of(below), work);
    }

    private static boolean matches(Element element, String segment, Work work) {
        return element instanceof Glob glob
                ? glob.matches(segment, work)
                : element instanceof Name name && name.text().equals(segment);
    }

    private static boolean meet(Element one, Element other, Work work) {
        if (one instanceof Name name) {
            return matches(other, name.text(), work);
        }
        if (other instanceof Name name) {
            return matches(one, name.text(), work);
        }
        if (one == Glob.ANY || other == Glob.ANY) {
            return true;
        }
        return one instanceof Glob mine && other instanceof Glob theirs && mine.meets(theirs, work);
    }
}
