package io.bumba.path;

/** A segment without wildcards: its own text, unescaped. */
record Name(String text) implements Element {
    /** To be kept: equal names of many patterns share one text. */
    static Name of(String text) {
        return new Name(text.intern());
    }

    /** Whether it looks like a file's, not a directory's: a dot after the first character, as in {@code a.js}. */
    boolean isOfFile() {
        return text.indexOf('.', 1) > 0;
    }
}
