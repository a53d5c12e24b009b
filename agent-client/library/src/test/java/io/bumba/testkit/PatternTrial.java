package io.bumba.testkit;

import io.bumba.path.PathPattern;
import io.bumba.path.RepoPath;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Compares what {@link PathPattern} says of random patterns with what {@link PatternOracle} finds among all paths of a
 * {@link PatternWorld}. In rounds: each draws some patterns and takes pairs of them. That a path exists is proved by one; if
 * none of the world's does, larger ones are drawn.
 */
public final class PatternTrial {
    private static final List<PatternWorld> WORLDS = List.of(PatternWorld.values());
    private static final int PATTERNS = 150;
    private static final int LARGER = 200_000;
    private static final int PAIRS = 7_000;

    /** A pattern, and which paths of its world it matches. */
    private record Known(PathPattern pattern, PatternOracle oracle, BitSet matched) {}

    /**
     * How often which answer was right; a test looks whether all were given.
     *
     * @param disagreements in words, with the patterns
     */
    public record Outcome(long pairs, long overlapping, long covering, List<String> disagreements) {
        public Outcome {
            disagreements = List.copyOf(disagreements);
        }

        @Override
        public String toString() {
            return "%,d pairs: %,d overlap, %,d cover; %d disagreements"
                    .formatted(pairs, overlapping, covering, disagreements.size());
        }
    }

    private final SplittableRandom random;
    private final List<String> disagreements = new ArrayList<>();
    private long pairs;
    private long overlapping;
    private long covering;

    private PatternTrial(long seed) {
        random = new SplittableRandom(seed);
    }

    /** @param progress is told after each round */
    public static Outcome run(long seed, long pairs, Consumer<Outcome> progress) {
        PatternTrial trial = new PatternTrial(seed);
        for (int round = 0; trial.pairs < pairs; round++) {
            trial.round(WORLDS.get(round % WORLDS.size()), (int) Math.min(PAIRS, pairs - trial.pairs));
            progress.accept(trial.outcome());
        }
        return trial.outcome();
    }

    private Outcome outcome() {
        return new Outcome(pairs, overlapping, covering, disagreements);
    }

    private void round(PatternWorld world, int count) {
        List<List<String>> segments = world.paths();
        List<RepoPath> paths = segments.stream()
                .map(path -> RepoPath.of(String.join("/", path)))
                .toList();
        List<Known> known = new ArrayList<>();
        while (known.size() < PATTERNS) {
            draw(world.pattern(random), segments, paths, known);
        }
        for (int i = 0; i < count; i++) {
            compare(world, known.get(random.nextInt(PATTERNS)), known.get(random.nextInt(PATTERNS)));
        }
    }

    private void draw(String text, List<List<String>> segments, List<RepoPath> paths, List<Known> known) {
        PatternOracle oracle = new PatternOracle(text);
        BitSet expected = new BitSet();
        for (int i = 0; i < paths.size(); i++) {
            expected.set(i, oracle.matches(segments.get(i)));
        }
        PathPattern pattern;
        try {
            pattern = PathPattern.of(text);
        } catch (IllegalArgumentException e) {
            if (!String.valueOf(e.getMessage()).contains("which no name matches") && !onlyDots(e)) {
                disagreements.add(text + " is refused: " + e.getMessage());
            }
            return;
        }
        BitSet matched = new BitSet();
        for (int i = 0; i < paths.size(); i++) {
            matched.set(i, pattern.matches(paths.get(i)));
        }
        if (!matched.equals(expected)) {
            matched.xor(expected);
            disagreements.add(text + ", read as " + pattern + ", and " + paths.get(matched.nextSetBit(0)));
        }
        known.add(new Known(pattern, oracle, expected));
    }

    private static boolean onlyDots(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("only looks like") || message.contains("root of the tree") || message.contains("'..'");
    }

    private void compare(PatternWorld world, Known one, Known other) {
        pairs++;
        boolean meet = one.matched().intersects(other.matched());
        overlapping += meet ? 1 : 0;
        boolean said = one.pattern().overlaps(other.pattern());
        if (other.pattern().overlaps(one.pattern()) != said) {
            disagreements.add("not the same from both sides: " + one.pattern() + " and " + other.pattern());
        }
        if (said != meet && !(said && exists(world, path -> isIn(one, path) && isIn(other, path)))) {
            disagreements.add(world + ": " + one.pattern() + " and " + other.pattern()
                    + (meet ? " have a path in common" : " are disjoint"));
        }
        BitSet uncovered = (BitSet) other.matched().clone();
        uncovered.andNot(one.matched());
        boolean covered = uncovered.isEmpty();
        covering += covered ? 1 : 0;
        boolean saidCovered = one.pattern().covers(other.pattern());
        if (saidCovered != covered && !(covered && exists(world, path -> isIn(other, path) && !isIn(one, path)))) {
            disagreements.add(world + ": " + one.pattern()
                    + (covered ? " covers " : " lacks path number " + uncovered.nextSetBit(0) + " of ")
                    + other.pattern());
        }
    }

    private static boolean isIn(Known known, List<String> path) {
        return known.oracle().matches(path);
    }

    /** For the few pairs of which the world is too small to show what was said to exist. */
    private boolean exists(PatternWorld world, Predicate<List<String>> wanted) {
        return Stream.generate(() -> world.largerPath(random)).limit(LARGER).anyMatch(wanted);
    }
}
