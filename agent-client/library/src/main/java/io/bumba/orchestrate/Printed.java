package io.bumba.orchestrate;

/**
 * What a program printed to one of its streams.
 *
 * @param text the first of it, read as UTF-8; as the program printed it, so not fit for a terminal or a page
 * @param bytes how many bytes it printed in all, as far as they were read
 * @param truncated whether it printed more than the limit {@code maxOutputBytes} keeps, or went on printing through a
 *     descendant when it had ended
 */
public record Printed(String text, long bytes, boolean truncated) {
    /** Of an inherited stream, or of a program that never ran. */
    public static final Printed NOTHING = new Printed("", 0, false);
}
