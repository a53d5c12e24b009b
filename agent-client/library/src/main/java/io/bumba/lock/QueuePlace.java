package io.bumba.lock;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A child of a queue's node: {@code {9-priority}-{R|W}-{uuid}-{sequence}}, so that {@code zkCli} lists the highest
 * priority first.
 *
 * @param name the whole name
 * @param sequence the order of arrival
 */
record QueuePlace(String name, Priority priority, LockMode mode, int sequence) implements Standing {
    private static final Pattern NAME = Pattern.compile("([6-9])-([RW])-[0-9a-fA-F-]{36}-(-?[0-9]{10})");

    /** The order of service: by priority, then by arrival. */
    static final Comparator<QueuePlace> SERVICE =
            Comparator.comparing(QueuePlace::priority).reversed().thenComparing((a, b) -> a.sequence - b.sequence);

    static Optional<QueuePlace> parse(String name) {
        Matcher match = NAME.matcher(name);
        if (!match.matches()) {
            return Optional.empty();
        }
        return Optional.of(new QueuePlace(
                name,
                Priority.ofDigit(Integer.parseInt(match.group(1))).orElseThrow(),
                match.group(2).equals("W") ? LockMode.EXCLUSIVE : LockMode.SHARED,
                (int) Long.parseLong(match.group(3))));
    }

    /** The name up to the sequence number. */
    static String prefix(String uuid, LockMode mode, Priority priority) {
        return priority.digit() + (mode == LockMode.EXCLUSIVE ? "-W-" : "-R-") + uuid + "-";
    }

    @Override
    public String own() {
        int uuid = "8-W-".length();
        return name.substring(uuid, uuid + Contender.OWN);
    }

    /** The name of the same place, of the same arrival, with a higher priority. */
    String raisedTo(Priority higher) {
        return higher.digit() + name.substring(1);
    }

    boolean isExclusive() {
        return mode == LockMode.EXCLUSIVE;
    }
}
