package io.bumba.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pattern matches, by writing its braces out and trying everything: slow, short, and without any code of {@link
 * io.bumba.path.PathPattern}. For well-formed patterns without escapes and {@code ..}.
 */
public final class PatternOracle {
    private final List<List<String>> alternatives;

    /** By segment, which names match it: the same are asked for over and over. */
    private final Map<String, Map<String, Boolean>> known = new HashMap<>();

    public PatternOracle(String pattern) {
        alternatives = writtenOut(pattern).stream().map(PatternOracle::segments).toList();
    }

    /** The segments of each alternative. */
    List<List<String>> alternatives() {
        return alternatives;
    }

    /** Whether what ends in this segment matches all that is below, too. */
    static boolean isTree(String last) {
        return last.chars().noneMatch(c -> c == '*' || c == '?' || c == '[') && last.lastIndexOf('.') < 1;
    }

    /** @param path segments of a valid path */
    public boolean matches(List<String> path) {
        return alternatives.stream().anyMatch(pattern -> matches(pattern, path));
    }

    /** Replaces the first pair of braces by each of its alternatives, and so on. */
    private static List<String> writtenOut(String pattern) {
        int from = pattern.indexOf('{');
        if (from < 0) {
            return List.of(pattern);
        }
        List<String> all = new ArrayList<>();
        int depth = 0;
        List<Integer> commas = new ArrayList<>(List.of(from));
        for (int i = from; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && depth == 1) {
                commas.add(i);
            } else if (depth == 0) {
                commas.add(i);
                break;
            }
        }
        String after = pattern.substring(commas.get(commas.size() - 1) + 1);
        for (int i = 0; i + 1 < commas.size(); i++) {
            String alternative = pattern.substring(commas.get(i) + 1, commas.get(i + 1));
            all.addAll(writtenOut(pattern.substring(0, from) + alternative + after));
        }
        return all;
    }

    private static List<String> segments(String pattern) {
        List<String> segments = new ArrayList<>();
        for (String segment : pattern.split("/", -1)) {
            if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        if (pattern.endsWith("/")) {
            segments.add("**");
        }
        return segments;
    }

    private boolean matches(List<String> pattern, List<String> path) {
        if (pattern.isEmpty()) {
            return path.isEmpty();
        }
        String first = pattern.get(0);
        boolean isLast = pattern.size() == 1;
        if (first.equals("**")) {
            if (isLast) {
                return !path.isEmpty();
            }
            for (int skipped = 0; skipped <= path.size(); skipped++) {
                if (matches(pattern.subList(1, pattern.size()), path.subList(skipped, path.size()))) {
                    return true;
                }
            }
            return false;
        }
        if (path.isEmpty() || !isKnown(first, path.get(0))) {
            return false;
        }
        return (isLast && isTree(first)) || matches(pattern.subList(1, pattern.size()), path.subList(1, path.size()));
    }

    private boolean isKnown(String pattern, String segment) {
        return known.computeIfAbsent(pattern, p -> new HashMap<>()).computeIfAbsent(segment, s -> matches(pattern, s));
    }

    static boolean matches(String pattern, String segment) {
        if (pattern.isEmpty()) {
            return segment.isEmpty();
        }
        char first = pattern.charAt(0);
        if (first == '*') {
            return matches(pattern.substring(1), segment)
                    || (!segment.isEmpty() && matches(pattern, segment.substring(1)));
        }
        if (segment.isEmpty()) {
            return false;
        }
        if (first == '[') {
            int end = pattern.indexOf(']');
            return contains(pattern.substring(1, end), segment.charAt(0))
                    && matches(pattern.substring(end + 1), segment.substring(1));
        }
        return (first == '?' || first == segment.charAt(0)) && matches(pattern.substring(1), segment.substring(1));
    }

    private static boolean contains(String members, char c) {
        if (members.charAt(0) == '!') {
            return !contains(members.substring(1), c);
        }
        for (int i = 0; i < members.length(); i++) {
            boolean isRange = i + 2 < members.length() && members.charAt(i + 1) == '-';
            if (isRange ? members.charAt(i) <= c && c <= members.charAt(i + 2) : members.charAt(i) == c) {
                return true;
            }
        }
        return false;
    }
}
