package io.bumba.chaos;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All the paths there are, so that sets of patterns are compared by counting out what they match. The patterns that a
 * workload draws meet, if they meet at all, in one of them. Not thread-safe.
 */
final class Universe {
    private final Map<String, List<String>> byTop;
    private final List<String> paths;
    private final Map<String, List<String>> matched = new HashMap<>();

    Universe(Collection<String> paths) {
        this.paths = List.copyOf(paths);
        this.byTop = this.paths.stream().collect(Collectors.groupingBy(Universe::top));
    }

    /** What the patterns match. */
    Set<String> area(Collection<String> patterns) {
        Set<String> area = new HashSet<>();
        patterns.forEach(pattern -> area.addAll(matched.computeIfAbsent(pattern, this::match)));
        return area;
    }

    boolean meet(Collection<String> some, Collection<String> others) {
        Set<String> area = area(some);
        return area(others).stream().anyMatch(area::contains);
    }

    private List<String> match(String pattern) {
        PlainGlob glob = new PlainGlob(pattern);
        String top = top(pattern);
        boolean literal = top.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0);
        return (literal ? byTop.getOrDefault(top, List.of()) : paths)
                .stream().filter(glob::matches).toList();
    }

    private static String top(String path) {
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }
}
