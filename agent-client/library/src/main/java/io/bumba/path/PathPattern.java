package io.bumba.path;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A set of paths, written as in {@code .gitignore} and anchored at the root of the tree: {@code src/auth}, {@code
 * src/auth/}, {@code src/*.js}, {@code **}{@code /test/**}, {@code src/{a,b}/[!x]*.java}. Hidden files are matched like
 * others. Two patterns are compared as sets, exactly, in bounded work, without a look at any file.
 *
 * <ul>
 *   <li>{@code *} is any run of characters of one segment, {@code ?} one of them, {@code [a-z]} and {@code [!a-z]} one of a
 *       class, {@code **} as a whole segment any number of segments, {@code {a,b}} alternatives, {@code \} takes the next
 *       character as it is.
 *   <li>A last segment without {@code *}, {@code ?} and {@code [} that has a dot after its first character, as {@code a.js}, names
 *       exactly that file; without such a dot, as {@code auth} or {@code .github}, a file or, if that is a directory, all below it.
 *       With a wildcard it matches at its own depth only, {@code **} everything below. Of braces, each alternative is judged by itself.
 *   <li>A {@code /} at the end is a directory: {@code a/} is {@code a/**}, all inside. A directory whose name has a dot must be
 *       written so.
 * </ul>
 *
 * <p>Spelling is brought to one form as for {@link RepoPath}, whose rules hold for names: what no path can be is refused, and
 * so is a pattern of which some alternative matches no path at all. All limits are constants here; a text without
 * wildcards is limited as a path only. A refusal is an {@link IllegalArgumentException} that names text, rule and next step.
 *
 * <p>The sets are over valid paths, with three exceptions, each of which can only make patterns overlap more and cover
 * less: the limits of bytes are not looked at, a {@code *}, {@code ?} or class may be followed by a combining mark that
 * NFC would have joined to it, and a negated class in lower case may contain upper-case characters.
 *
 * <p>Immutable. Equal by text: two texts may well match the same paths.
 */
public final class PathPattern implements Comparable<PathPattern> {
    /** The most characters of a text with wildcards. */
    public static final int MAX_CHARACTERS = 512;

    /** The most segments of a pattern with wildcards. */
    public static final int MAX_SEGMENTS = 64;

    /** The most {@code **} segments. */
    public static final int MAX_DOUBLE_STARS = 4;

    /** The most patterns that braces may stand for. */
    public static final int MAX_ALTERNATIVES = 64;

    /** The most characters of all patterns that braces stand for, taken together. */
    public static final int MAX_EXPANDED = 4_096;

    /** The most steps that {@link #covers} takes. */
    public static final int MAX_COVER_STEPS = 1_000_000;

    private static final PathPattern ALL_AT_THE_TOP = of("*");

    private final String value;
    private final PatternSet set;

    /** Reads the text in a workspace that tells {@code A} from {@code a}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public PathPattern(String text) {
        this(PatternForm.of(text, CasePolicy.SENSITIVE));
    }

    private PathPattern(PatternForm form) {
        value = form.text();
        set = PatternSet.of(form.text(), form.routes());
    }

    public static PathPattern of(String text) {
        return new PathPattern(text);
    }

    /**
     * The pattern in a workspace with this policy: folded, its characters and classes are in lower case. JSON is read as
     * {@link CasePolicy#SENSITIVE}: fold what users send.
     */
    public static PathPattern of(String text, CasePolicy policy) {
        return new PathPattern(PatternForm.of(text, policy));
    }

    /** This path, whatever characters its name has; and, unless that has a dot after its first character, all below it. */
    public static PathPattern of(RepoPath file) {
        StringBuilder text = new StringBuilder(file.value().startsWith("!") ? "\\" : "");
        file.value().codePoints().forEach(c -> {
            if ("*?[{}".indexOf(c) >= 0) {
                text.append('\\');
            }
            text.appendCodePoint(c);
        });
        return new PathPattern(text.toString());
    }

    /** The canonical text. */
    @JsonValue
    public String value() {
        return value;
    }

    public boolean matches(RepoPath path) {
        return set.matches(path, Work.unlimited());
    }

    /** Whether some path is matched by both. */
    public boolean overlaps(PathPattern other) {
        return overlaps(other, Work.unlimited());
    }

    boolean overlaps(PathPattern other, Work work) {
        return set.meets(other.set, work);
    }

    /**
     * Whether every path that the other matches is matched by this.
     *
     * @throws IllegalArgumentException when that cannot be decided in {@link #MAX_COVER_STEPS}
     */
    public boolean covers(PathPattern other) {
        return PathPatterns.covers(List.of(this), other);
    }

    /**
     * Whether it may match a path strictly below this directory.
     *
     * @param directorySegments as of a {@link RepoPath}; empty for the root
     */
    public boolean reachesInto(List<String> directorySegments) {
        return set.reachesInto(directorySegments, Work.unlimited());
    }

    /** The segments with which every match begins, as far as they have no wildcards; unescaped. */
    public List<String> literalPrefix() {
        return set.literalPrefix();
    }

    /** Whether it matches everything in the root, and maybe more; or so many things that this cannot be decided. */
    public boolean isOverBroad() {
        try {
            return Inclusion.holds(ALL_AT_THE_TOP.routes(), routes(), Work.atMost(MAX_COVER_STEPS));
        } catch (Work.Exceeded e) {
            return true;
        }
    }

    /** Its alternatives; one or more. */
    List<Route> routes() {
        return set.routes();
    }

    /** Whether these are several. */
    boolean hasAlternatives() {
        return set instanceof PatternSet.Globs globs && globs.count() > 1;
    }

    /** By code points, as paths. */
    @Override
    public int compareTo(PathPattern other) {
        return Arrays.compareUnsigned(
                value.getBytes(StandardCharsets.UTF_8), other.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathPattern pattern && pattern.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** The canonical text. */
    @Override
    public String toString() {
        return value;
    }
}
