package io.bumba.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measures contestants in turn: A B C, then B C A, and so on, so that what the machine does meanwhile meets all of them.
 * Results are in nanoseconds per round.
 */
final class Race {
    private final List<Contestant> contestants;
    private final Map<String, long[]> nanos = new HashMap<>();

    private Race(List<Contestant> contestants, int rounds) {
        this.contestants = List.copyOf(contestants);
        contestants.forEach(contestant -> nanos.put(contestant.name(), new long[rounds]));
    }

    /** @param times how often each client runs its operation in one round */
    static Race run(List<Contestant> contestants, Crew crew, int rounds, int times) {
        Race race = new Race(contestants, rounds);
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < contestants.size(); turn++) {
                Contestant next = contestants.get((round + turn) % contestants.size());
                race.of(next.name())[round] = crew.time(next, times);
            }
        }
        return race;
    }

    List<Contestant> contestants() {
        return contestants;
    }

    /** How long one took, to how long the other took. */
    Spread ratio(String subject, String against) {
        return Spread.ofRatios(of(subject), of(against));
    }

    /** The median milliseconds per operation of each client. */
    double millis(String name, int times) {
        double[] each = new double[of(name).length];
        for (int i = 0; i < each.length; i++) {
            each[i] = of(name)[i] / 1e6 / times;
        }
        return Spread.of(each).median();
    }

    private long[] of(String name) {
        return Objects.requireNonNull(nanos.get(name), name);
    }
}
