package io.bumba.path;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The patterns of one territory, in canonical order, each once. May be empty; then it matches nothing.
 *
 * @param patterns in order; the constructor sorts them, and refuses more than {@link #MAX_PATTERNS} or {@link #MAX_BYTES}
 */
public record PathPatterns(@JsonValue List<PathPattern> patterns) implements Iterable<PathPattern> {
    public static final int MAX_PATTERNS = 1_000;

    /** Of all canonical texts together, in UTF-8. */
    public static final int MAX_BYTES = 256 * 1024;

    /** Above so many pairs an index is made to compare them. */
    private static final int FEW_PAIRS = 10_000;

    /** A pattern of each of two sets that match a path in common. */
    public record Meeting(PathPattern mine, PathPattern theirs) {}

    public PathPatterns {
        checkCount(patterns.size());
        patterns = List.copyOf(new TreeSet<>(patterns));
        checkBytes(patterns);
    }

    public static PathPatterns of(Collection<PathPattern> patterns) {
        checkCount(patterns.size());
        return new PathPatterns(List.copyOf(patterns));
    }

    public static PathPatterns of(String... texts) {
        return of(List.of(texts), CasePolicy.SENSITIVE);
    }

    /** Of too many texts none is read. */
    public static PathPatterns of(List<String> texts, CasePolicy policy) {
        checkCount(texts.size());
        return new PathPatterns(
                texts.stream().map(text -> PathPattern.of(text, policy)).toList());
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static PathPatterns read(List<String> texts) {
        return of(texts, CasePolicy.SENSITIVE);
    }

    public boolean matches(RepoPath path) {
        return match(path).isPresent();
    }

    /** The first pattern that matches the path. */
    public Optional<PathPattern> match(RepoPath path) {
        return patterns.stream().filter(pattern -> pattern.matches(path)).findFirst();
    }

    /** The first of these patterns that overlaps one of the others, with the first of those; empty if the sets are disjoint. */
    public Optional<Meeting> meets(PathPatterns other) {
        if ((long) size() * other.size() <= FEW_PAIRS) {
            return patterns.stream()
                    .flatMap(mine -> other.patterns.stream()
                            .filter(mine::overlaps)
                            .limit(1)
                            .map(theirs -> new Meeting(mine, theirs)))
                    .findFirst();
        }
        PatternIndex<PathPatterns> index = new PatternIndex<>();
        other.patterns.forEach(theirs -> index.add(theirs, other));
        return patterns.stream()
                .flatMap(mine -> index.overlapping(mine).stream()
                        .map(PatternIndex.Entry::pattern)
                        .min(Comparator.naturalOrder())
                        .map(theirs -> new Meeting(mine, theirs))
                        .stream())
                .findFirst();
    }

    /** Whether some pattern may match a path strictly below this directory; empty segments are the root. */
    public boolean reachesInto(List<String> directorySegments) {
        return patterns.stream().anyMatch(pattern -> pattern.reachesInto(directorySegments));
    }

    /**
     * The first of these parts some path of which none of our patterns matches.
     *
     * @throws IllegalArgumentException when that cannot be decided in {@link PathPattern#MAX_COVER_STEPS} for some part
     */
    public Optional<PathPattern> notCovered(PathPatterns parts) {
        return parts.patterns.stream().filter(part -> !covers(patterns, part)).findFirst();
    }

    /** Whether these patterns, taken together, match all that the part does. */
    static boolean covers(List<PathPattern> whole, PathPattern part) {
        if (whole.contains(part)) {
            return true;
        }
        try {
            return Inclusion.holds(
                    part.routes(),
                    whole.stream()
                            .filter(part::overlaps)
                            .flatMap(pattern -> pattern.routes().stream())
                            .toList(),
                    Work.atMost(PathPattern.MAX_COVER_STEPS));
        } catch (Work.Exceeded e) {
            throw new IllegalArgumentException(
                    ("whether '%s' is covered by %d patterns cannot be decided within MAX_COVER_STEPS, %,d steps;"
                                    + " use simpler patterns")
                            .formatted(Printable.of(part.value()), whole.size(), PathPattern.MAX_COVER_STEPS),
                    e);
        }
    }

    public int size() {
        return patterns.size();
    }

    @Override
    public Iterator<PathPattern> iterator() {
        return patterns.iterator();
    }

    private static void checkCount(int count) {
        if (count > MAX_PATTERNS) {
            throw new IllegalArgumentException(
                    "%,d patterns are too many, the limit MAX_PATTERNS is %,d; name directories instead of files"
                            .formatted(count, MAX_PATTERNS));
        }
    }

    private static void checkBytes(List<PathPattern> patterns) {
        long bytes = patterns.stream()
                .mapToLong(pattern -> pattern.value().getBytes(StandardCharsets.UTF_8).length)
                .sum();
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the patterns have %,d bytes in UTF-8, the limit MAX_BYTES is %,d; name directories instead of files"
                            .formatted(bytes, MAX_BYTES));
        }
    }
}
