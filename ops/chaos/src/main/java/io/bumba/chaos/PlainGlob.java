package io.bumba.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a pattern matches a path, by trying everything: the judge shares no code with whom it judges. For the patterns
 * that the workloads draw: no escapes, no nested braces.
 */
final class PlainGlob {
    private final List<String> alternatives;

    PlainGlob(String pattern) {
        this.alternatives = expand(pattern);
    }

    boolean matches(String path) {
        return alternatives.stream().anyMatch(one -> matches(one, path));
    }

    private static List<String> expand(String pattern) {
        int open = pattern.indexOf('{');
        if (open < 0) {
            return List.of(pattern);
        }
        int close = pattern.indexOf('}', open);
        List<String> all = new ArrayList<>();
        for (String part : pattern.substring(open + 1, close).split(",", -1)) {
            all.addAll(expand(pattern.substring(0, open) + part + pattern.substring(close + 1)));
        }
        return all;
    }

    private static boolean matches(String pattern, String path) {
        if (pattern.endsWith("/")) {
            return matches(pattern + "**", path);
        }
        String last = pattern.substring(pattern.lastIndexOf('/') + 1);
        // A dot after the first character makes it a file.
        boolean mayBeDirectory = last.chars().noneMatch(c -> "*?[".indexOf(c) >= 0) && last.lastIndexOf('.') < 1;
        List<String> have = List.of(path.split("/", -1));
        List<String> want = List.of(pattern.split("/", -1));
        for (int length = mayBeDirectory ? 1 : have.size(); length <= have.size(); length++) {
            if (segments(want, have.subList(0, length))) {
                return true;
            }
        }
        return false;
    }

    private static boolean segments(List<String> want, List<String> have) {
        if (want.isEmpty()) {
            return have.isEmpty();
        }
        List<String> more = want.subList(1, want.size());
        if (want.get(0).equals("**")) {
            // At the end it is everything inside, not the directory itself.
            int from = more.isEmpty() ? 1 : 0;
            for (int skipped = from; skipped <= have.size(); skipped++) {
                if (segments(more, have.subList(skipped, have.size()))) {
                    return true;
                }
            }
            return false;
        }
        return !have.isEmpty() && name(want.get(0), have.get(0)) && segments(more, have.subList(1, have.size()));
    }

    private static boolean name(String want, String have) {
        if (want.isEmpty()) {
            return have.isEmpty();
        }
        char first = want.charAt(0);
        if (first == '*') {
            return name(want.substring(1), have) || (!have.isEmpty() && name(want, have.substring(1)));
        }
        if (have.isEmpty()) {
            return false;
        }
        if (first == '[') {
            int close = want.indexOf(']', 2);
            return inClass(want.substring(1, close), have.charAt(0))
                    && name(want.substring(close + 1), have.substring(1));
        }
        return (first == '?' || first == have.charAt(0)) && name(want.substring(1), have.substring(1));
    }

    private static boolean inClass(String members, char c) {
        boolean negated = members.charAt(0) == '!';
        String rest = negated ? members.substring(1) : members;
        boolean in = false;
        for (int i = 0; i < rest.length(); i++) {
            if (i + 2 < rest.length() && rest.charAt(i + 1) == '-') {
                in |= rest.charAt(i) <= c && c <= rest.charAt(i + 2);
                i += 2;
            } else {
                in |= rest.charAt(i) == c;
            }
        }
        return in != negated;
    }
}
