package io.bumba.lock;

import io.bumba.path.Printable;

/** The rule for what people and agents say in words: one line of plain text, of limited length. Pure. */
final class OneLine {
    private OneLine() {}

    /**
     * The text.
     *
     * @param name what it is, for the message
     * @param limit the name of the limit, for the message
     * @throws IllegalArgumentException naming the rule that it breaks
     */
    static String require(String name, String text, String limit, int most) {
        if (text.length() > most) {
            throw new IllegalArgumentException(
                    name + " has " + text.length() + " characters, the limit " + limit + " is " + most);
        }
        if (!text.codePoints().allMatch(OneLine::isPlain)) {
            throw new IllegalArgumentException(name + " contains a control character; give one line of plain text");
        }
        return text;
    }

    /** {@link #require}, and it says something. */
    static String requireSaid(String name, String text, String limit, int most) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    name + " is missing; give one line of plain text, 1 to " + most + " characters");
        }
        return require(name, text, limit, most);
    }

    /** A character that a later Unicode version assigns is no control character. */
    private static boolean isPlain(int codePoint) {
        return Printable.isPrintable(codePoint) || Character.getType(codePoint) == Character.UNASSIGNED;
    }
}
