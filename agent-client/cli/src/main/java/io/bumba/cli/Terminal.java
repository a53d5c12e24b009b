package io.bumba.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** What is known of the terminal that stdout goes to. */
final class Terminal {
    static final String CLEAR = "\u001b[H\u001b[2J\u001b[3J";

    private Terminal() {}

    /** Whether stdout is a terminal. */
    static boolean isOut() {
        try {
            String out = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return out.startsWith("/dev/pts/") || out.startsWith("/dev/tty") || out.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** Its columns now: COLUMNS if set, else as the terminal says; empty when stdout goes elsewhere. */
    static OptionalInt columns(Surroundings around) {
        OptionalInt told = parse(around.variable("COLUMNS"));
        if (told.isPresent() || !isOut()) {
            return told;
        }
        OptionalInt asked = ask();
        return asked.isPresent() ? asked : OptionalInt.of(80);
    }

    /** A sensible number of columns, or empty. */
    static OptionalInt parse(String columns) {
        return columns.matches("[1-9][0-9]{0,3}")
                ? OptionalInt.of(Math.max(20, Integer.parseInt(columns)))
                : OptionalInt.empty();
    }

    private static OptionalInt ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            stty.waitFor(1, TimeUnit.SECONDS);
            return parse(size.substring(size.indexOf(' ') + 1));
        } catch (IOException e) {
            return OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }
}
