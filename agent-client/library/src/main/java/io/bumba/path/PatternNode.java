package io.bumba.path;

import java.util.List;

/** One part of a pattern's text. */
sealed interface PatternNode {
    /** A character that stands for itself. */
    record Literal(int codePoint) implements PatternNode {}

    /** A class in brackets. */
    record OneOf(CodePointSet listed, boolean negated) implements PatternNode {
        CodePointSet codePoints() {
            return negated ? listed.complement() : listed;
        }
    }

    /** Alternatives in braces; two or more. */
    record Choice(List<List<PatternNode>> alternatives) implements PatternNode {
        public Choice {
            alternatives = List.copyOf(alternatives);
        }
    }

    /** What has no content of its own. */
    enum Sign implements PatternNode {
        /** {@code /} */
        SEPARATOR,
        /** {@code ?} */
        ANY_ONE,
        /** {@code *}; two of them that are a whole segment are any number of segments. */
        STAR
    }

    static List<PatternNode> literals(String text) {
        return text.codePoints().<PatternNode>mapToObj(Literal::new).toList();
    }

    /** Whether these nodes, without separators, spell exactly one name. */
    static boolean isName(List<PatternNode> nodes) {
        return nodes.stream().allMatch(Literal.class::isInstance);
    }

    /** The text of those nodes that are literals. */
    static String name(List<PatternNode> nodes) {
        StringBuilder name = new StringBuilder();
        for (PatternNode node : nodes) {
            if (node instanceof Literal literal) {
                name.appendCodePoint(literal.codePoint());
            }
        }
        return name.toString();
    }
}
