package io.bumba.path;

/** Any text, made fit for one line of a message or log that cannot be made to lie. Pure. */
public final class Printable {
    /** The most code points of the text that are shown. */
    public static final int MAX_SHOWN = 200;

    private Printable() {}

    /** The text with every code point that is not printable written as {@code <U+000A>}, cut off after {@link #MAX_SHOWN}. */
    public static String of(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(MAX_SHOWN).forEach(c -> append(line, c));
        return text.codePointCount(0, text.length()) <= MAX_SHOWN
                ? line.toString()
                : line.append("...").toString();
    }

    /**
     * Whether a line that contains it still shows what it holds: not a control character (C0, DEL, C1), not a line or
     * paragraph separator, not a format character (these are invisible or, as U+202E, reorder what follows), not half of
     * a surrogate pair, and assigned in the Unicode version of this Java.
     */
    public static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static void append(StringBuilder line, int codePoint) {
        if (isPrintable(codePoint)) {
            line.appendCodePoint(codePoint);
        } else {
            line.append("<U+%04X>".formatted(codePoint));
        }
    }
}
