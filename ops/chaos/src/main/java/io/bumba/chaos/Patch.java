package io.bumba.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One change of the library's source.
 *
 * @param type the class, by its full name
 * @param text what is replaced; must stand there exactly once, so that a change of the source does not go unnoticed;
 *     white space counts as one, whatever it is
 * @param replacement by what
 */
record Patch(String type, String text, String replacement) {
    Path file(Path sources) {
        return sources.resolve(type.replace('.', '/') + ".java");
    }

    /** The changed source. */
    String apply(Path sources) {
        return applyTo(read(file(sources)));
    }

    String applyTo(String source) {
        String words = Arrays.stream(text.strip().split("\\s+", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("\\s+"));
        Matcher match = Pattern.compile(words).matcher(source);
        boolean found = match.find();
        int start = found ? match.start() : 0;
        int end = found ? match.end() : 0;
        if (!found || match.find()) {
            throw new IllegalStateException("the text to replace stands " + (found ? "more than once" : "nowhere")
                    + " in " + type + ": the mutant must follow the source:\n" + text);
        }
        return source.substring(0, start) + replacement + source.substring(end);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("no source " + file, e);
        }
    }
}
