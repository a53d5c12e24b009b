package io.bumba.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The pattern over folded paths that means what the given one means where {@code A} and {@code a} are the same file. */
final class PatternFolding {
    private static final int SIGMA = 0x3A3;
    private static final int SMALL_SIGMA = 0x3C3;
    private static final int FINAL_SIGMA = 0x3C2;

    /** The one character whose lower case has two. */
    private static final int DOTTED_I = 0x130;

    private PatternFolding() {}

    static List<PatternNode> fold(List<PatternNode> nodes, Refusal refusal) {
        boolean spelled = nodes.stream()
                .allMatch(node -> node instanceof PatternNode.Literal || node == PatternNode.Sign.SEPARATOR);
        return spelled ? foldSpelled(nodes) : foldAll(nodes, refusal);
    }

    /** As a path, where the lower case of a sigma depends on what surrounds it. */
    private static List<PatternNode> foldSpelled(List<PatternNode> nodes) {
        List<PatternNode> folded = new ArrayList<>();
        List<PatternNode> segment = new ArrayList<>();
        for (PatternNode node : nodes) {
            if (node == PatternNode.Sign.SEPARATOR) {
                folded.addAll(PatternNode.literals(CasePolicy.FOLDED.normalise(PatternNode.name(segment))));
                folded.add(node);
                segment.clear();
            } else {
                segment.add(node);
            }
        }
        folded.addAll(PatternNode.literals(CasePolicy.FOLDED.normalise(PatternNode.name(segment))));
        return folded;
    }

    private static List<PatternNode> foldAll(List<PatternNode> nodes, Refusal refusal) {
        List<PatternNode> folded = new ArrayList<>();
        for (PatternNode node : nodes) {
            if (node instanceof PatternNode.Literal literal) {
                folded.addAll(fold(literal));
            } else if (node instanceof PatternNode.OneOf oneOf) {
                folded.add(new PatternNode.OneOf(fold(oneOf.listed(), refusal), oneOf.negated()));
            } else if (node instanceof PatternNode.Choice choice) {
                folded.add(new PatternNode.Choice(choice.alternatives().stream()
                        .map(alternative -> foldAll(alternative, refusal))
                        .toList()));
            } else {
                folded.add(node);
            }
        }
        return folded;
    }

    /** A sigma is either of its lower-case forms: what surrounds it is not known. */
    private static List<PatternNode> fold(PatternNode.Literal literal) {
        if (literal.codePoint() == SIGMA) {
            return List.of(new PatternNode.Choice(List.of(
                    List.of(new PatternNode.Literal(SMALL_SIGMA)), List.of(new PatternNode.Literal(FINAL_SIGMA)))));
        }
        return PatternNode.literals(Character.toString(literal.codePoint()).toLowerCase(Locale.ROOT));
    }

    /**
     * The lower case of all of these. Upper-case characters may stay when that is shorter: no folded path contains one.
     */
    private static CodePointSet fold(CodePointSet listed, Refusal refusal) {
        CodePointSet.Builder lower = new CodePointSet.Builder();
        CodePointSet.Builder upper = new CodePointSet.Builder();
        for (int i = 0; i < listed.intervals(); i++) {
            if (listed.first(i) == DOTTED_I && listed.last(i) == DOTTED_I) {
                throw refusal.because(
                        "has U+0130 in a class, whose lower case is two characters", "use braces instead");
            }
            for (int c : Upper.from(listed.first(i), listed.last(i))) {
                upper.add(c, c);
                lower.add(Character.toLowerCase(c), Character.toLowerCase(c));
                if (c == SIGMA) {
                    lower.add(FINAL_SIGMA, FINAL_SIGMA);
                }
            }
        }
        CodePointSet both = listed.union(lower.build());
        CodePointSet only = listed.without(upper.build()).union(lower.build());
        return only.intervals() <= both.intervals() && isPrintable(only) ? only : both;
    }

    private static boolean isPrintable(CodePointSet set) {
        for (int i = 0; i < set.intervals(); i++) {
            if (!Printable.isPrintable(set.first(i)) || !Printable.isPrintable(set.last(i))) {
                return false;
            }
        }
        return true;
    }

    /** The code points whose lower case is another one; some 1,400. */
    private static final class Upper {
        private static final int[] ALL = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> Character.toLowerCase(c) != c)
                .toArray();

        static int[] from(int first, int last) {
            int from = Arrays.binarySearch(ALL, first);
            int to = Arrays.binarySearch(ALL, last);
            return Arrays.copyOfRange(ALL, from < 0 ? -from - 1 : from, to < 0 ? -to - 1 : to + 1);
        }
    }
}
