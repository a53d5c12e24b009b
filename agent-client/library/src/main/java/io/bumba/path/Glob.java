package io.bumba.path;

import java.util.ArrayList;
import java.util.List;

/**
 * A segment with wildcards. Its language is over valid segments: it never contains {@code .}, {@code ..} or what only
 * looks like them. The limit of 255 bytes is not looked at. Immutable.
 */
final class Glob extends Wild implements Element {
    private static final int ANY_ONE = -1;
    private static final int STAR = -2;
    private static final int FIRST_CLASS = -3;

    /** {@code *} */
    static final Glob ANY = new Glob(new int[] {STAR}, new CodePointSet[0]);

    /** Code points, or one of the above, or {@code FIRST_CLASS - i} for the class i. */
    private final int[] tokens;

    private final CodePointSet[] classes;

    private Glob(int[] tokens, CodePointSet[] classes) {
        super(stars(tokens));
        this.tokens = tokens;
        this.classes = classes;
    }

    private static boolean[] stars(int[] tokens) {
        boolean[] stars = new boolean[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            stars[i] = tokens[i] == STAR;
        }
        return stars;
    }

    /** @param nodes of one segment: neither separators nor choices, no two stars side by side */
    static Glob of(List<PatternNode> nodes) {
        int[] tokens = new int[nodes.size()];
        List<CodePointSet> classes = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            PatternNode node = nodes.get(i);
            if (node instanceof PatternNode.Literal literal) {
                tokens[i] = literal.codePoint();
            } else if (node instanceof PatternNode.OneOf oneOf) {
                tokens[i] = FIRST_CLASS - classes.size();
                classes.add(oneOf.codePoints());
            } else {
                tokens[i] = node == PatternNode.Sign.STAR ? STAR : ANY_ONE;
            }
        }
        if (tokens.length == 1 && tokens[0] == STAR) {
            return ANY;
        }
        return new Glob(tokens, classes.toArray(CodePointSet[]::new));
    }

    @Override
    boolean isStar(int index) {
        return tokens[index] == STAR;
    }

    boolean isAny() {
        return this == ANY;
    }

    /** What a code point here may be; of a star, any of its. */
    CodePointSet codePoints(int index) {
        int token = tokens[index];
        if (token >= 0) {
            return CodePointSet.of(token);
        }
        return token <= FIRST_CLASS ? classes[FIRST_CLASS - token] : CodePointSet.ANY;
    }

    /** What every match begins with. */
    String literalPrefix() {
        StringBuilder prefix = new StringBuilder();
        for (int i = 0; i < head() && tokens[i] >= 0; i++) {
            prefix.appendCodePoint(tokens[i]);
        }
        return prefix.toString();
    }

    /** What every match ends in. */
    String literalSuffix() {
        int from = length();
        while (from > 0 && tokens[from - 1] >= 0) {
            from--;
        }
        return new String(tokens, from, length() - from);
    }

    /** The fewest bytes of a match in UTF-8. */
    int leastBytes() {
        int bytes = 0;
        for (int i = 0; i < length(); i++) {
            bytes += isStar(i) ? 0 : codePoints(i).leastBytes();
        }
        return Math.max(1, bytes);
    }

    /** Whether no valid segment matches. */
    boolean isEmpty() {
        return readings().isEmpty();
    }

    /** @param segment a valid one */
    boolean matches(String segment, Work work) {
        if (isAny()) {
            return true;
        }
        int[] word = segment.codePoints().toArray();
        return fits(word.length, (here, there) -> {
            work.step();
            int token = tokens[here];
            return token == word[there]
                    || token == ANY_ONE
                    || (token <= FIRST_CLASS && classes[FIRST_CLASS - token].contains(word[there]));
        });
    }

    /** Whether some valid segment matches both. */
    boolean meets(Glob other, Work work) {
        for (Glob reading : readings()) {
            for (Glob others : other.readings()) {
                if (Wild.meet(reading, others, (here, there) -> reading.tokensMeet(here, others, there, work))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean tokensMeet(int here, Glob other, int there, Work work) {
        work.step();
        int mine = tokens[here];
        int theirs = other.tokens[there];
        if (mine >= 0 && theirs >= 0) {
            return mine == theirs;
        }
        if (mine >= 0) {
            return theirs == ANY_ONE || other.codePoints(there).contains(mine);
        }
        if (theirs >= 0) {
            return mine == ANY_ONE || codePoints(here).contains(theirs);
        }
        return codePoints(here).meets(other.codePoints(there));
    }

    /**
     * Globs none of which is empty, whose languages, taken together, are this one's, without any dots. Only a row of one or
     * two without stars can spell dots: with a star there is room for more.
     */
    private List<Glob> readings() {
        if (hasStar() || length() > 2) {
            return isUseless() ? List.of() : List.of(this);
        }
        List<Glob> readings = new ArrayList<>();
        if (length() == 1) {
            readings.add(without(0, CodePointSet.ONE_DOT.union(CodePointSet.TWO_DOTS)));
        } else {
            readings.add(without(0, CodePointSet.ONE_DOT));
            readings.add(without(1, CodePointSet.ONE_DOT));
        }
        readings.removeIf(Glob::isUseless);
        return readings;
    }

    private boolean isUseless() {
        for (CodePointSet set : classes) {
            if (set.isUseless()) {
                return true;
            }
        }
        return false;
    }

    private Glob without(int index, CodePointSet dots) {
        int[] read = tokens.clone();
        CodePointSet[] sets = new CodePointSet[length()];
        for (int i = 0; i < length(); i++) {
            read[i] = FIRST_CLASS - i;
            sets[i] = i == index ? codePoints(i).without(dots) : codePoints(i);
        }
        return new Glob(read, sets);
    }
}
