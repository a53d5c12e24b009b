package io.bumba.cli;

import io.bumba.path.Printable;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Text of others made fit for a terminal: one line, nothing that moves the cursor or turns the reading order. Pure. */
final class Text {
    static final String ELLIPSIS = "…";

    private Text() {}

    /** Line breaks and tabs become spaces; every other code point that is not printable becomes {@code <U+001B>}. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        text.strip().codePoints().forEach(c -> {
            if (c == '\n' || c == '\r' || c == '\t') {
                line.append(' ');
            } else if (Printable.isPrintable(c)) {
                line.appendCodePoint(c);
            } else {
                line.append(String.format(Locale.ROOT, "<U+%04X>", c));
            }
        });
        return line.toString();
    }

    /** A time to the second; what is no time stays as it is. */
    static String seconds(String time) {
        try {
            return Instant.parse(time).truncatedTo(ChronoUnit.SECONDS).toString();
        } catch (DateTimeParseException noTime) {
            return time;
        }
    }

    /** {@link #oneLine}, at most this many code points, the last of them an ellipsis if something is missing. */
    static String shortened(String text, int most) {
        String line = oneLine(text);
        return line.codePointCount(0, line.length()) <= most
                ? line
                : line.substring(0, line.offsetByCodePoints(0, most - 1)) + ELLIPSIS;
    }

    /** How many columns of a terminal the text takes. */
    static int width(String text) {
        return text.codePoints().map(Text::width).sum();
    }

    /** As much of the beginning as fits into the columns, with an ellipsis if something is missing. */
    static String fitBeginning(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder fitting = new StringBuilder();
        int used = 1;
        for (int c : text.codePoints().toArray()) {
            used += width(c);
            if (used > columns) {
                break;
            }
            fitting.appendCodePoint(c);
        }
        return columns < 1 ? "" : fitting + ELLIPSIS;
    }

    /** As much of the end as fits into the columns, after an ellipsis if something is missing: the name of a long path. */
    static String fitEnd(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        int[] points = text.codePoints().toArray();
        int from = points.length;
        int used = 1;
        while (from > 0 && used + width(points[from - 1]) <= columns) {
            from--;
            used += width(points[from]);
        }
        return columns < 1 ? "" : ELLIPSIS + new String(points, from, points.length - from);
    }

    private static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        boolean wide = (codePoint >= 0x1100 && codePoint <= 0x115F)
                || (codePoint >= 0x2E80 && codePoint <= 0xA4CF && codePoint != 0x303F)
                || (codePoint >= 0xAC00 && codePoint <= 0xD7A3)
                || (codePoint >= 0xF900 && codePoint <= 0xFAFF)
                || (codePoint >= 0xFE30 && codePoint <= 0xFE6F)
                || (codePoint >= 0xFF00 && codePoint <= 0xFF60)
                || (codePoint >= 0xFFE0 && codePoint <= 0xFFE6)
                || (codePoint >= 0x1F300 && codePoint <= 0x1FAFF)
                || (codePoint >= 0x20000 && codePoint <= 0x3FFFD);
        return wide ? 2 : 1;
    }
}
