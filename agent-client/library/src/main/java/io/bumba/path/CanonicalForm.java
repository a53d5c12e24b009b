package io.bumba.path;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.Deque;

/** The rules of {@link RepoPath}: one text for every way to write a name, or a refusal. Pure. */
final class CanonicalForm {
    /** As long as a path may be for the system. Spellings with many {@code ../} are longer than what they name. */
    private static final int MAX_TEXT = 4_096;

    /** What a decoder puts in place of bytes that are not UTF-8; names with different bytes would become one. */
    private static final int REPLACEMENT = 0xFFFD;

    private final String text;

    private CanonicalForm(String text) {
        this.text = text;
    }

    static String of(String text, CasePolicy policy) {
        CanonicalForm form = new CanonicalForm(text);
        form.checkText();
        return form.join(policy.normalise(text).split("/", -1));
    }

    private void checkText() {
        if (text.isEmpty()) {
            throw refused("is empty", "name a file");
        }
        if (text.length() > MAX_TEXT) {
            throw refused("has more than " + MAX_TEXT + " characters", "write it without detours");
        }
        text.codePoints()
                .filter(c -> !Printable.isPrintable(c) || c == REPLACEMENT)
                .findFirst()
                .ifPresent(c -> {
                    throw refused("contains U+%04X, %s".formatted(c, why(c)), "rename the file");
                });
        if (text.indexOf('\\') >= 0) {
            throw refused("contains a backslash", "separate directories by '/'");
        }
        if (text.startsWith("/")) {
            throw refused("is absolute", "give it relative to the root of the tree");
        }
        if (text.endsWith("/")) {
            throw refused("ends in '/', so it is a directory, not a file", "name a file in it");
        }
    }

    private static String why(int codePoint) {
        if (codePoint == REPLACEMENT) {
            return "which stands for bytes that are not UTF-8";
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL -> "a control character";
            case Character.FORMAT -> "an invisible character";
            case Character.SURROGATE -> "half of a surrogate pair";
            case Character.UNASSIGNED -> "which is no character, or one newer than this Java";
            default -> "which breaks the line";
        };
    }

    private String join(String[] parts) {
        Deque<String> segments = new ArrayDeque<>();
        for (String part : parts) {
            if (part.equals("..")) {
                if (segments.pollLast() == null) {
                    throw refused("leaves the root of the tree", "name a file inside it");
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                checkSegment(part);
                segments.addLast(part);
            }
        }
        if (segments.isEmpty()) {
            throw refused("is the root of the tree, not a file", "name a file in it");
        }
        String joined = String.join("/", segments);
        checkBytes("it", joined, RepoPath.MAX_BYTES);
        return joined;
    }

    private void checkSegment(String segment) {
        String looksLike = Normalizer.normalize(segment, Normalizer.Form.NFKC);
        if (looksLike.equals(".") || looksLike.equals("..")) {
            throw refused(
                    "has a segment that only looks like '" + looksLike + "'", "write plain dots, or rename the file");
        }
        checkBytes("a segment", segment, RepoPath.MAX_SEGMENT_BYTES);
    }

    private void checkBytes(String what, String value, int limit) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limit) {
            throw refused(
                    "is too long: " + what + " has " + bytes + " bytes in UTF-8, the limit is " + limit,
                    "use a shorter name");
        }
    }

    private IllegalArgumentException refused(String rule, String nextStep) {
        return new IllegalArgumentException("path '" + Printable.of(text) + "' " + rule + "; " + nextStep);
    }
}
