package io.bumba.path;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The canonical text of a pattern's parts: only what must be escaped is. */
final class PatternText {
    private static final String SPECIAL = "*?[{}\\";
    private static final String SPECIAL_IN_CLASS = "]\\[-!^";

    private final StringBuilder text = new StringBuilder();

    private PatternText() {}

    /** The text of a whole pattern. */
    static String of(List<PatternNode> nodes) {
        PatternText text = new PatternText();
        text.appendAll(nodes, false);
        // Without it, '!' at the beginning is refused.
        return text.text.indexOf("!") == 0 ? "\\" + text.text : text.text.toString();
    }

    private void appendAll(List<PatternNode> nodes, boolean inBraces) {
        for (int i = 0; i < nodes.size(); i++) {
            append(nodes.get(i), inBraces);
        }
    }

    private void append(PatternNode node, boolean inBraces) {
        if (node instanceof PatternNode.Literal literal) {
            appendEscaped(literal.codePoint(), inBraces ? SPECIAL + "," : SPECIAL);
        } else if (node instanceof PatternNode.OneOf oneOf) {
            append(oneOf);
        } else if (node instanceof PatternNode.Choice choice) {
            append(choice);
        } else if (node == PatternNode.Sign.SEPARATOR) {
            text.append('/');
        } else {
            text.append(node == PatternNode.Sign.STAR ? '*' : '?');
        }
    }

    private void appendEscaped(int codePoint, String special) {
        if (special.indexOf(codePoint) >= 0) {
            text.append('\\');
        }
        text.appendCodePoint(codePoint);
    }

    private void append(PatternNode.OneOf oneOf) {
        text.append(oneOf.negated() ? "[!" : "[");
        CodePointSet listed = oneOf.listed();
        for (int i = 0; i < listed.intervals(); i++) {
            int first = listed.first(i);
            int last = listed.last(i);
            appendEscaped(first, SPECIAL_IN_CLASS);
            if (last > first) {
                text.append(last > first + 1 ? "-" : "");
                appendEscaped(last, SPECIAL_IN_CLASS);
            }
        }
        text.append(']');
    }

    private void append(PatternNode.Choice choice) {
        TreeSet<String> alternatives = new TreeSet<>();
        for (List<PatternNode> alternative : flattened(choice)) {
            PatternText inner = new PatternText();
            inner.appendAll(alternative, true);
            alternatives.add(inner.text.toString());
        }
        text.append(alternatives.size() == 1 ? alternatives.first() : "{" + String.join(",", alternatives) + "}");
    }

    /** Alternatives that are only braces are as good as theirs. */
    private static List<List<PatternNode>> flattened(PatternNode.Choice choice) {
        List<List<PatternNode>> flat = new ArrayList<>();
        for (List<PatternNode> alternative : choice.alternatives()) {
            if (alternative.size() == 1 && alternative.get(0) instanceof PatternNode.Choice inner) {
                flat.addAll(flattened(inner));
            } else {
                flat.add(alternative);
            }
        }
        return flat;
    }
}
