package io.bumba.path;

/** A segment without wildcards: its own text, unescaped. */
record Name(String text) implements Element {}
