package io.bumba.path;

import java.util.ArrayList;
import java.util.List;

/** Reads the text of a pattern. Brackets bind closer than braces. Used once. */
final class PatternParser {
    private static final int END = -1;

    /** What a backslash may stand before; before anything else it was meant for a separator, as on some systems. */
    private static final String ESCAPED = "*?[]{},!^-";

    private static final String AT_THE_BEGINNING = "#";

    private final int[] text;
    private final Refusal refusal;
    private int at;
    private int depth;

    PatternParser(String text, Refusal refusal) {
        this.text = text.codePoints().toArray();
        this.refusal = refusal;
    }

    List<PatternNode> parse() {
        if (peek(0) == '!') {
            throw refusal.because(
                    "begins with '!': patterns exclude nothing",
                    "list what is meant, or write '\\!' for a name that begins with it");
        }
        List<PatternNode> nodes = sequence();
        if (at < text.length) {
            throw refusal.because("has a '}' without a '{'", "write '\\}' for the character itself");
        }
        return nodes;
    }

    private int peek(int ahead) {
        return at + ahead < text.length ? text[at + ahead] : END;
    }

    private List<PatternNode> sequence() {
        List<PatternNode> nodes = new ArrayList<>();
        while (at < text.length && text[at] != '}' && !(depth > 0 && text[at] == ',')) {
            nodes.add(node());
        }
        return nodes;
    }

    private PatternNode node() {
        int codePoint = text[at++];
        return switch (codePoint) {
            case '/' -> PatternNode.Sign.SEPARATOR;
            case '?' -> PatternNode.Sign.ANY_ONE;
            case '*' -> PatternNode.Sign.STAR;
            case '[' -> oneOf();
            case '{' -> choice();
            case '\\' -> new PatternNode.Literal(escaped());
            default -> new PatternNode.Literal(codePoint);
        };
    }

    private int escaped() {
        int codePoint = peek(0);
        if (codePoint == END
                || (ESCAPED.indexOf(codePoint) < 0 && !(at == 1 && AT_THE_BEGINNING.indexOf(codePoint) >= 0))) {
            throw refusal.because(
                    "contains a backslash that escapes nothing", "separate directories by '/'; escape only " + ESCAPED);
        }
        at++;
        return codePoint;
    }

    private PatternNode choice() {
        // Braces inside braces have at least one alternative more each.
        if (++depth > PathPattern.MAX_ALTERNATIVES) {
            throw refusal.limit(
                    "braces inside each other",
                    depth,
                    "MAX_ALTERNATIVES",
                    PathPattern.MAX_ALTERNATIVES,
                    "use several patterns");
        }
        List<List<PatternNode>> alternatives = new ArrayList<>();
        alternatives.add(sequence());
        while (peek(0) == ',') {
            at++;
            alternatives.add(sequence());
        }
        if (peek(0) != '}') {
            throw refusal.because("has a '{' without a '}'", "close it, or write '\\{' for the character itself");
        }
        at++;
        depth--;
        if (alternatives.size() < 2) {
            throw refusal.because(
                    "has braces with one alternative", "separate alternatives by ',', or write '\\{' and '\\}'");
        }
        return new PatternNode.Choice(alternatives);
    }

    private PatternNode oneOf() {
        boolean negated = peek(0) == '!' || peek(0) == '^';
        at += negated ? 1 : 0;
        CodePointSet.Builder listed = new CodePointSet.Builder();
        boolean first = true;
        while (first || peek(0) != ']') {
            first = false;
            int from = member();
            int to = from;
            if (peek(0) == '-' && peek(1) != ']' && peek(1) != END) {
                at++;
                to = member();
            }
            if (to < from) {
                throw refusal.because(
                        "has a class with the range '%s-%s', which is empty"
                                .formatted(Character.toString(from), Character.toString(to)),
                        "write the smaller character first");
            }
            listed.add(from, to);
        }
        at++;
        return new PatternNode.OneOf(listed.build(), negated);
    }

    private int member() {
        int codePoint = peek(0);
        if (codePoint == END) {
            throw refusal.because("has a '[' without a ']'", "close it, or write '\\[' for the character itself");
        }
        if (codePoint == '/') {
            throw refusal.because(
                    "has a '/' in a class, or a '[' without a ']'",
                    "a class stands for one character of a name; write '\\[' for the character itself");
        }
        if (codePoint == '[' && (peek(1) == ':' || peek(1) == '.' || peek(1) == '=')) {
            throw refusal.because("has a named class '[%c'".formatted(peek(1)), "list the characters, as in [a-z]");
        }
        at++;
        return codePoint == '\\' ? escaped() : codePoint;
    }
}
