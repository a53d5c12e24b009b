package io.bumba.chaos;

import io.bumba.lock.Priority;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a waiter in the queue.
 *
 * @param own the part of the uuid that is the request's in the queue and in the line
 * @param digit smaller for a higher priority
 * @param exclusive or shared
 * @param sequence the order of arrival
 */
record Queueing(String own, int digit, boolean exclusive, int sequence) {
    private static final Pattern NAME = Pattern.compile("([6-9])-([RW])-([0-9a-fA-F-]{36})-([0-9]{10})");

    static Optional<Queueing> parse(String name) {
        Matcher match = NAME.matcher(name);
        return match.matches()
                ? Optional.of(new Queueing(
                        match.group(3).substring(0, Contending.OWN),
                        Integer.parseInt(match.group(1)),
                        match.group(2).equals("W"),
                        Integer.parseInt(match.group(4))))
                : Optional.empty();
    }

    /** The digit of a priority. */
    static int digit(Priority priority) {
        return switch (priority) {
            case LOW -> 9;
            case NORMAL -> 8;
            case HIGH -> 7;
            case CRITICAL -> 6;
        };
    }

    /** Whether this one is to be served first, and the other may not go along. */
    boolean keepsBack(Queueing other) {
        boolean first = digit != other.digit ? digit < other.digit : sequence < other.sequence;
        return first && (exclusive || other.exclusive);
    }
}
