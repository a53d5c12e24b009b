package io.bumba.chaos;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What an agent does, in percent and milliseconds.
 *
 * @param agents agents of one worker, each with a thread and a random sequence of its own
 * @param files how many files they share
 * @param shared how many of a hundred requests are for reading
 * @param tries how many of a hundred requests do not wait
 * @param patience the longest wait
 * @param hold the longest hold of most
 * @param longHold the longest hold of one in twenty
 * @param oddities how many of a hundred requests are cancelled, interrupted, repeated, nested or end with their agent
 */
record Workload(int agents, int files, int shared, int tries, int patience, int hold, int longHold, int oddities) {
    Workload {
        if (agents < 1 || files < 1 || patience < 1 || hold < 0 || longHold < hold) {
            throw new IllegalArgumentException("no such workload: " + agents + " agents, " + files + " files, patience "
                    + patience + ", hold " + hold + " to " + longHold);
        }
        for (int percent : new int[] {shared, tries, oddities}) {
            if (percent < 0 || percent > 100) {
                throw new IllegalArgumentException(percent + " is no percentage");
            }
        }
    }

    static Workload usual() {
        return new Workload(4, 4, 30, 20, 2_000, 20, 600, 30);
    }

    Workload withAgents(int number) {
        return new Workload(number, files, shared, tries, patience, hold, longHold, oddities);
    }

    Workload withFiles(int number) {
        return new Workload(agents, number, shared, tries, patience, hold, longHold, oddities);
    }

    /** For a command line: {@code agents=4,files=4,…}. */
    String words() {
        return "agents=%d,files=%d,shared=%d,tries=%d,patience=%d,hold=%d,longHold=%d,oddities=%d"
                .formatted(agents, files, shared, tries, patience, hold, longHold, oddities);
    }

    /** The reverse of {@link #words}. */
    static Workload parse(String words) {
        Map<String, Integer> values = Arrays.stream(words.split(",", -1))
                .map(word -> word.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Integer.parseInt(pair[1])));
        Function<String, Integer> of = key -> {
            Integer value = values.get(key);
            if (value == null) {
                throw new IllegalArgumentException("no " + key + " in " + words);
            }
            return value;
        };
        return new Workload(
                of.apply("agents"),
                of.apply("files"),
                of.apply("shared"),
                of.apply("tries"),
                of.apply("patience"),
                of.apply("hold"),
                of.apply("longHold"),
                of.apply("oddities"));
    }
}
