package io.bumba.path;

import java.text.Normalizer;
import java.util.List;
import java.util.Map;

/**
 * The rules of {@link PathPattern}: one text for a pattern, and what it matches; or a refusal. Pure.
 *
 * @param text canonical: reading it again gives the same
 * @param routes its alternatives; one or more
 */
record PatternForm(String text, List<Route> routes) {
    /** As long as a path may be for the system, so that any path can be written as a pattern. */
    private static final int MAX_TEXT = 4_096;

    private static final int REPLACEMENT = 0xFFFD;

    static PatternForm of(String text, CasePolicy policy) {
        Refusal refusal = new Refusal(text);
        checkText(text, refusal);
        PatternForm form = read(CasePolicy.SENSITIVE.normalise(text), policy, refusal);
        // Braces may need to be simplified several times; every time takes some away.
        for (PatternForm again = form; form.routes().size() > 1; form = again) {
            again = read(form.text(), CasePolicy.SENSITIVE, refusal);
            if (again.text().equals(form.text())) {
                break;
            }
        }
        return form;
    }

    private static void checkText(String text, Refusal refusal) {
        if (text.isEmpty()) {
            throw refusal.because("is empty", "name files, or write '**' for everything");
        }
        if (text.length() > MAX_TEXT) {
            throw refusal.because("has more than " + MAX_TEXT + " characters", "use several patterns, or a wider one");
        }
        text.codePoints()
                .filter(c -> !Printable.isPrintable(c) || c == REPLACEMENT)
                .findFirst()
                .ifPresent(c -> {
                    throw refusal.because(
                            "contains U+%04X, which no path contains".formatted(c), "write '?' in its place");
                });
    }

    private static PatternForm read(String text, CasePolicy policy, Refusal refusal) {
        List<PatternNode> nodes = new PatternParser(text, refusal).parse();
        if (policy == CasePolicy.FOLDED) {
            nodes = PatternFolding.fold(nodes, refusal);
        }
        boolean spelled = nodes.stream()
                .allMatch(node -> node instanceof PatternNode.Literal || node == PatternNode.Sign.SEPARATOR);
        if (!spelled) {
            checkLength(text, refusal);
        }
        Map<String, Route> routes = PatternRoutes.of(nodes, refusal);
        String canonical =
                routes.size() == 1 ? routes.keySet().iterator().next() : PatternRoutes.canonicalText(nodes, refusal);
        if (!spelled) {
            checkLength(canonical, refusal);
        }
        if (!Normalizer.isNormalized(canonical, Normalizer.Form.NFC)) {
            throw refusal.because(
                    "has a class whose characters would join when sorted", "use braces for combining characters");
        }
        return new PatternForm(canonical, List.copyOf(routes.values()));
    }

    private static void checkLength(String text, Refusal refusal) {
        if (text.length() > PathPattern.MAX_CHARACTERS) {
            throw refusal.limit(
                    "characters",
                    text.length(),
                    "MAX_CHARACTERS",
                    PathPattern.MAX_CHARACTERS,
                    "use several patterns, or a wider one");
        }
    }
}
