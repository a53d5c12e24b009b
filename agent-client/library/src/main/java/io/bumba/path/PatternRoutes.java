package io.bumba.path;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes out the alternatives of a pattern and brings each to its canonical form: without {@code .}, {@code ..} and empty
 * segments, names in NFC.
 */
final class PatternRoutes {
    private static final List<PatternNode> ANY_SEGMENTS = List.of(PatternNode.Sign.STAR, PatternNode.Sign.STAR);

    private final Refusal refusal;

    private PatternRoutes(Refusal refusal) {
        this.refusal = refusal;
    }

    /** Each alternative by its canonical text, in the order of the pattern. */
    static Map<String, Route> of(List<PatternNode> nodes, Refusal refusal) {
        PatternRoutes routes = new PatternRoutes(refusal);
        routes.checkCount(nodes);
        Map<String, Route> byText = new LinkedHashMap<>();
        for (List<PatternNode> alternative : routes.alternatives(nodes)) {
            List<List<PatternNode>> segments = routes.canonical(alternative);
            if (segments.isEmpty()) {
                throw refusal.because("names the root of the tree", "write '**' for everything");
            }
            byText.computeIfAbsent(PatternText.of(joined(segments)), text -> routes.route(segments));
        }
        return byText;
    }

    /** The pattern with segments outside of braces in canonical form. */
    static String canonicalText(List<PatternNode> nodes, Refusal refusal) {
        return PatternText.of(joined(new PatternRoutes(refusal).canonical(nodes)));
    }

    private static List<PatternNode> joined(List<List<PatternNode>> segments) {
        List<PatternNode> nodes = new ArrayList<>();
        for (List<PatternNode> segment : segments) {
            if (!nodes.isEmpty()) {
                nodes.add(PatternNode.Sign.SEPARATOR);
            }
            nodes.addAll(segment);
        }
        return nodes;
    }

    private void checkCount(List<PatternNode> nodes) {
        long count = count(nodes);
        if (count > PathPattern.MAX_ALTERNATIVES) {
            throw refusal.limit(
                    "alternatives or more when its braces are written out",
                    count,
                    "MAX_ALTERNATIVES",
                    PathPattern.MAX_ALTERNATIVES,
                    "use several patterns, or a wider one");
        }
    }

    /** How many alternatives, or some number above the limit. */
    private static long count(List<PatternNode> nodes) {
        long count = 1;
        for (PatternNode node : nodes) {
            if (node instanceof PatternNode.Choice choice) {
                long sum = 0;
                for (List<PatternNode> alternative : choice.alternatives()) {
                    sum += count(alternative);
                }
                count = Math.min(count * sum, 1L + PathPattern.MAX_ALTERNATIVES);
            }
        }
        return count;
    }

    private List<List<PatternNode>> alternatives(List<PatternNode> nodes) {
        if (nodes.stream().noneMatch(PatternNode.Choice.class::isInstance)) {
            checkLength(nodes.size());
            return List.of(nodes);
        }
        List<List<PatternNode>> all = new ArrayList<>(List.of(List.of()));
        for (PatternNode node : nodes) {
            List<List<PatternNode>> tails = node instanceof PatternNode.Choice choice
                    ? choice.alternatives().stream()
                            .flatMap(alternative -> alternatives(alternative).stream())
                            .toList()
                    : List.of(List.of(node));
            List<List<PatternNode>> longer = new ArrayList<>();
            int total = 0;
            for (List<PatternNode> head : all) {
                for (List<PatternNode> tail : tails) {
                    List<PatternNode> both = new ArrayList<>(head);
                    both.addAll(tail);
                    longer.add(both);
                    total += both.size();
                }
            }
            checkLength(total);
            all = longer;
        }
        return all;
    }

    private void checkLength(int total) {
        if (total > PathPattern.MAX_EXPANDED) {
            throw refusal.limit(
                    "characters or more when its braces are written out",
                    total,
                    "MAX_EXPANDED",
                    PathPattern.MAX_EXPANDED,
                    "use several patterns, or a wider one");
        }
    }

    /** The segments, in canonical form as far as they are known: what is in braces stays as it is. */
    private List<List<PatternNode>> canonical(List<PatternNode> nodes) {
        if (!nodes.isEmpty() && nodes.get(0) == PatternNode.Sign.SEPARATOR) {
            throw refusal.because("is absolute", "give it relative to the root of the tree, without a '/' in front");
        }
        List<List<PatternNode>> parts = split(nodes);
        List<List<PatternNode>> segments = new ArrayList<>();
        for (List<PatternNode> part : parts) {
            add(normalised(part), segments);
        }
        boolean isDirectory = parts.get(parts.size() - 1).isEmpty() && !segments.isEmpty();
        if (isDirectory) {
            add(ANY_SEGMENTS, segments);
        }
        return segments;
    }

    private static List<List<PatternNode>> split(List<PatternNode> nodes) {
        List<List<PatternNode>> parts = new ArrayList<>();
        List<PatternNode> part = new ArrayList<>();
        for (PatternNode node : nodes) {
            if (node == PatternNode.Sign.SEPARATOR) {
                parts.add(part);
                part = new ArrayList<>();
            } else {
                part.add(node);
            }
        }
        parts.add(part);
        return parts;
    }

    private void add(List<PatternNode> segment, List<List<PatternNode>> segments) {
        String name = PatternNode.isName(segment) ? PatternNode.name(segment) : "*";
        if (name.equals("..")) {
            goUp(segments);
        } else if (!name.isEmpty() && !name.equals(".") && !(isRest(segment) && endsInRest(segments))) {
            segments.add(segment);
        }
    }

    private static boolean isRest(List<PatternNode> segment) {
        return segment.equals(ANY_SEGMENTS);
    }

    private static boolean endsInRest(List<List<PatternNode>> segments) {
        return !segments.isEmpty() && isRest(segments.get(segments.size() - 1));
    }

    private void goUp(List<List<PatternNode>> segments) {
        if (segments.isEmpty()) {
            throw refusal.because("leaves the root of the tree", "name something inside it");
        }
        if (!PatternNode.isName(segments.remove(segments.size() - 1))) {
            throw refusal.because("has '..' after a wildcard", "name the directory that is meant");
        }
    }

    /** Names in NFC, stars side by side as one; but two that are a whole segment stay two. */
    private static List<PatternNode> normalised(List<PatternNode> segment) {
        if (segment.size() > 1 && segment.stream().allMatch(node -> node == PatternNode.Sign.STAR)) {
            return ANY_SEGMENTS;
        }
        List<PatternNode> normalised = new ArrayList<>();
        List<PatternNode> name = new ArrayList<>();
        PatternNode before = PatternNode.Sign.SEPARATOR;
        for (PatternNode node : segment) {
            if (node instanceof PatternNode.Literal) {
                name.add(node);
            } else if (node != PatternNode.Sign.STAR || before != PatternNode.Sign.STAR) {
                addName(name, normalised);
                normalised.add(node);
            }
            before = node;
        }
        addName(name, normalised);
        return normalised;
    }

    private static void addName(List<PatternNode> name, List<PatternNode> to) {
        to.addAll(PatternNode.literals(Normalizer.normalize(PatternNode.name(name), Normalizer.Form.NFC)));
        name.clear();
    }

    private Route route(List<List<PatternNode>> segments) {
        checkSegments(segments);
        List<Element> elements = new ArrayList<>();
        long leastBytes = segments.size() - 1L;
        for (List<PatternNode> segment : segments) {
            Element element = isRest(segment) ? Rest.REST : element(segment);
            elements.add(element);
            leastBytes += leastBytes(element);
        }
        int last = elements.size() - 1;
        if (elements.get(last) == Rest.REST) {
            // Everything inside, but not the directory itself.
            elements.add(last, Glob.ANY);
        } else if (elements.get(last) instanceof Name name && !name.isOfFile()) {
            elements.add(Rest.REST);
        }
        checkBytes("every match", leastBytes, RepoPath.MAX_BYTES);
        return Route.of(elements);
    }

    private void checkSegments(List<List<PatternNode>> segments) {
        boolean isPath = segments.stream().allMatch(PatternNode::isName);
        if (!isPath && segments.size() > PathPattern.MAX_SEGMENTS) {
            throw refusal.limit(
                    "segments",
                    segments.size(),
                    "MAX_SEGMENTS",
                    PathPattern.MAX_SEGMENTS,
                    "name a directory further up");
        }
        long rests = segments.stream().filter(PatternRoutes::isRest).count();
        if (rests > PathPattern.MAX_DOUBLE_STARS) {
            throw refusal.limit(
                    "'**'", rests, "MAX_DOUBLE_STARS", PathPattern.MAX_DOUBLE_STARS, "use fewer, or several patterns");
        }
    }

    private Element element(List<PatternNode> segment) {
        if (PatternNode.isName(segment)) {
            String name = PatternNode.name(segment);
            String looksLike = Normalizer.normalize(name, Normalizer.Form.NFKC);
            if (looksLike.equals(".") || looksLike.equals("..")) {
                throw refusal.because(
                        "has a segment that only looks like '" + looksLike + "'", "write plain dots, or rename it");
            }
            checkBytes("a segment", bytes(name), RepoPath.MAX_SEGMENT_BYTES);
            return Name.of(name);
        }
        Glob glob = Glob.of(segment);
        if (glob.isEmpty()) {
            throw refusal.because(
                    "has the segment '" + Printable.of(PatternText.of(segment)) + "', which no name matches",
                    "leave it out");
        }
        checkBytes("every name that matches a segment", glob.leastBytes(), RepoPath.MAX_SEGMENT_BYTES);
        return glob;
    }

    private static int leastBytes(Element element) {
        return element instanceof Name name ? bytes(name.text()) : element instanceof Glob glob ? glob.leastBytes() : 0;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private void checkBytes(String what, long bytes, int limit) {
        if (bytes > limit) {
            throw refusal.because(
                    "is too long: " + what + " has " + bytes + " bytes or more in UTF-8, the limit is " + limit,
                    "use a shorter one");
        }
    }
}
