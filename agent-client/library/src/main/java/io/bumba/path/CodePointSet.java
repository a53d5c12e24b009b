package io.bumba.path;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A set of code points, as sorted intervals that neither touch nor overlap. Immutable. It may contain code points that no
 * {@link RepoPath} contains; {@link #meets} and {@link #isUseless} do not count these.
 */
final class CodePointSet {
    /** Each as a whole segment looks like {@code .}; two of them like {@code ..}. By NFKC. */
    static final CodePointSet ONE_DOT = of('.', 0x2024, 0xFE52, 0xFF0E);

    /** Each as a whole segment looks like {@code ..}. */
    static final CodePointSet TWO_DOTS = of(0x2025, 0xFE30);

    static final CodePointSet ANY = new CodePointSet(new int[] {0, Character.MAX_CODE_POINT});

    private static final int REPLACEMENT = 0xFFFD;

    /** First and last of each interval. */
    private final int[] bounds;

    private CodePointSet(int[] bounds) {
        this.bounds = bounds;
    }

    static CodePointSet of(int... codePoints) {
        Builder builder = new Builder();
        for (int codePoint : codePoints) {
            builder.add(codePoint, codePoint);
        }
        return builder.build();
    }

    int intervals() {
        return bounds.length / 2;
    }

    int first(int interval) {
        return bounds[2 * interval];
    }

    int last(int interval) {
        return bounds[2 * interval + 1];
    }

    /** Where membership changes: the first of each interval, and the first after it. */
    IntStream cuts() {
        return IntStream.range(0, bounds.length).map(i -> bounds[i] + i % 2);
    }

    boolean contains(int codePoint) {
        int at = Arrays.binarySearch(bounds, codePoint);
        // Inside an interval the place to insert is odd.
        return at >= 0 || (-at - 1) % 2 == 1;
    }

    CodePointSet complement() {
        Builder builder = new Builder();
        int from = 0;
        for (int i = 0; i < intervals(); i++) {
            if (from < first(i)) {
                builder.add(from, first(i) - 1);
            }
            from = last(i) + 1;
        }
        if (from <= Character.MAX_CODE_POINT) {
            builder.add(from, Character.MAX_CODE_POINT);
        }
        return builder.build();
    }

    CodePointSet union(CodePointSet other) {
        Builder builder = new Builder();
        builder.addAll(this);
        builder.addAll(other);
        return builder.build();
    }

    CodePointSet without(CodePointSet other) {
        return complement().union(other).complement();
    }

    /** Whether some code point of a path is in both. */
    boolean meets(CodePointSet other) {
        int i = 0;
        int j = 0;
        while (i < intervals() && j < other.intervals()) {
            int from = Math.max(first(i), other.first(j));
            int to = Math.min(last(i), other.last(j));
            if (from <= to && firstUsed(from, to) >= 0) {
                return true;
            }
            if (last(i) < other.last(j)) {
                i++;
            } else {
                j++;
            }
        }
        return false;
    }

    /** Whether no path has any of these. */
    boolean isUseless() {
        return !meets(ANY);
    }

    /** The fewest bytes that one of these has in UTF-8. */
    int leastBytes() {
        int first = bounds.length == 0 ? 0 : bounds[0];
        return first < 0x80 ? 1 : first < 0x800 ? 2 : first < 0x10000 ? 3 : 4;
    }

    /** The first code point from here to there, inclusive, that a segment of a path may contain; -1 if there is none. */
    static int firstUsed(int from, int to) {
        if (isUsed(from)) {
            return from;
        }
        int used = Used.TABLE.nextSetBit(from);
        return used <= to ? used : -1;
    }

    private static boolean isUsed(int codePoint) {
        return codePoint != '/'
                && codePoint != '\\'
                && codePoint != REPLACEMENT
                && Printable.isPrintable(codePoint)
                && (codePoint < 0x80 || Normalizer.isNormalized(Character.toString(codePoint), Normalizer.Form.NFC));
    }

    /** Built when it is first needed, which is rare: 136 KB. */
    private static final class Used {
        static final BitSet TABLE = table();

        private static BitSet table() {
            BitSet table = new BitSet(Character.MAX_CODE_POINT + 1);
            for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
                if (isUsed(c)) {
                    table.set(c);
                }
            }
            return table;
        }
    }

    /** Takes intervals in any order. */
    static final class Builder {
        private final TreeMap<Integer, Integer> lastByFirst = new TreeMap<>();

        void add(int first, int last) {
            lastByFirst.merge(first, last, Math::max);
        }

        void addAll(CodePointSet set) {
            for (int i = 0; i < set.intervals(); i++) {
                add(set.first(i), set.last(i));
            }
        }

        CodePointSet build() {
            int[] bounds = new int[2 * lastByFirst.size()];
            int length = 0;
            for (var interval : lastByFirst.entrySet()) {
                int first = interval.getKey();
                int last = interval.getValue();
                if (length > 0 && first <= bounds[length - 1] + 1) {
                    bounds[length - 1] = Math.max(bounds[length - 1], last);
                } else {
                    bounds[length++] = first;
                    bounds[length++] = last;
                }
            }
            return new CodePointSet(Arrays.copyOf(bounds, length));
        }
    }
}
