package io.bumba.chaos;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a contender, read anew here: the judge shares no code with whom it judges.
 *
 * @param name the znode's
 * @param own the part of the uuid that is the request's in the queue and in the line
 * @param exclusive or shared
 * @param sequence as the servers gave it
 */
record Contending(String name, String own, boolean exclusive, int sequence) {
    /** A request keeps this much of its uuid whatever becomes of it. */
    static final int OWN = 28;

    /** First come, first served. */
    static final Comparator<Contending> IN_LINE = Comparator.comparingInt(Contending::sequence);

    private static final Pattern NAME = Pattern.compile("_c_([0-9a-fA-F-]{36})-__(WRIT|READ)__([0-9]{10})");

    static Optional<Contending> parse(String name) {
        Matcher match = NAME.matcher(name);
        return match.matches()
                ? Optional.of(new Contending(
                        name,
                        match.group(1).substring(0, OWN),
                        match.group(2).equals("WRIT"),
                        Integer.parseInt(match.group(3))))
                : Optional.empty();
    }
}
