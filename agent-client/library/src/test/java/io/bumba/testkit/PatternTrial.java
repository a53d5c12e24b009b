package io.bumba.testkit;

import io.bumba.path.PathPattern;
import io.bumba.path.RepoPath;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Compares what {@link PathPattern} says of random patterns with what {@link PatternOracle} finds among all paths of a
 * {@link PatternWorld}. In rounds: each draws some patterns and takes pairs of them. A world may be too small to hold the one path
 * that two patterns share; so each pair is decided by {@link PatternProduct} as well, whose paths are of any depth and of longer
 * names, and both have to agree as far as the world goes.
 */
public final class PatternTrial {
    private static final List<PatternWorld> WORLDS = List.of(PatternWorld.values());
    private static final int PATTERNS = 150;
    private static final int PAIRS = 5_000;

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
        PatternProduct product = new PatternProduct(world.longerNames());
        for (int i = 0; i < count; i++) {
            compare(world, product, known.get(random.nextInt(PATTERNS)), known.get(random.nextInt(PATTERNS)));
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

    private void compare(PatternWorld world, PatternProduct product, Known one, Known other) {
        pairs++;
        PatternProduct.Answer right = product.compare(one.oracle(), other.oracle());
        overlapping += right.meet() ? 1 : 0;
        covering += right.uncovered() ? 0 : 1;
        BitSet uncovered = (BitSet) other.matched().clone();
        uncovered.andNot(one.matched());
        boolean inWorld = one.matched().intersects(other.matched());
        if ((inWorld && !right.meet()) || (!uncovered.isEmpty() && !right.uncovered())) {
            disagree(world, one, "and", other, "are not as the world shows: the oracle is wrong");
        }
        boolean meet = one.pattern().overlaps(other.pattern());
        if (meet != right.meet()) {
            disagree(world, one, "and", other, right.meet() ? "have a path in common" : "are disjoint");
        }
        if (other.pattern().overlaps(one.pattern()) != meet) {
            disagree(world, one, "and", other, "do not say the same from both sides");
        }
        if (one.pattern().covers(other.pattern()) == right.uncovered()) {
            disagree(world, one, right.uncovered() ? "does not cover" : "covers", other, "");
        }
    }

    private void disagree(PatternWorld world, Known one, String verb, Known other, String rest) {
        disagreements.add("%s: %s %s %s %s"
                .formatted(world, one.pattern(), verb, other.pattern(), rest)
                .trim());
    }
}
