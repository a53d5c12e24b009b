package io.bumba.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PatternIndexTest {
    private static final int ROUNDS = 60;
    private static final int STEPS = 150;
    private static final List<String> NAMES = List.of("a", "b", "ab", "abc", "x.js", "y.md");
    private static final List<String> SEGMENTS = List.of(
            "a",
            "b",
            "ab",
            "abc",
            "x.js",
            "y.md",
            "*",
            "**",
            "a*",
            "ab*",
            "*.js",
            "?",
            "[ab]",
            "{a,b}",
            "{a/b,ab}",
            "{*.md,**/b}",
            "a?c");

    private static String path(Random random, List<String> from) {
        return String.join(
                "/",
                IntStream.rangeClosed(0, random.nextInt(4))
                        .mapToObj(i -> from.get(random.nextInt(from.size())))
                        .toList());
    }

    private static PathPattern pattern(Random random) {
        return PathPattern.of(path(random, SEGMENTS) + (random.nextInt(5) == 0 ? "/" : ""));
    }

    @Test
    void itAnswersAsAScanOverAllEntriesDoes() {
        Random random = new Random(20_261_124);
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            PatternIndex<Integer> index = new PatternIndex<>();
            List<PatternIndex.Entry<Integer>> all = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                change(random, index, all);
                PathPattern asked = pattern(random);
                RepoPath path = RepoPath.of(path(random, NAMES));
                List<PatternIndex.Entry<Integer>> overlapping = index.overlapping(asked);
                assertThat(overlapping)
                        .as("overlapping %s", asked)
                        .containsExactlyInAnyOrderElementsOf(all.stream()
                                .filter(entry -> entry.pattern().overlaps(asked))
                                .toList());
                assertThat(index.matching(path))
                        .as("matching %s", path)
                        .containsExactlyInAnyOrderElementsOf(all.stream()
                                .filter(entry -> entry.pattern().matches(path))
                                .toList());
                assertThat(index.size()).isEqualTo(all.size());
                found += overlapping.size();
            }
        }
        assertThat(found).isGreaterThan(ROUNDS * STEPS);
    }

    /** More adds than removes; some of what is already there, or is not. */
    private static void change(Random random, PatternIndex<Integer> index, List<PatternIndex.Entry<Integer>> all) {
        PatternIndex.Entry<Integer> drawn = new PatternIndex.Entry<>(pattern(random), random.nextInt(3));
        boolean known = !all.isEmpty() && random.nextBoolean();
        PatternIndex.Entry<Integer> entry = known ? all.get(random.nextInt(all.size())) : drawn;
        // Equal, not the same: owners come and go by value.
        PathPattern again = PathPattern.of(entry.pattern().value());
        if (random.nextInt(3) > 0) {
            index.add(again, entry.owner());
            if (!all.contains(entry)) {
                all.add(entry);
            }
        } else {
            index.remove(again, entry.owner());
            all.remove(entry);
        }
    }

    @Test
    void aFileAndADirectoryAtOneNodeAreToldApart() {
        PatternIndex<String> index = new PatternIndex<>();
        for (String text : List.of("a/x.js", "a/x.js/", "a/x.js/y", "a", "{a/x.js,b}", "**/x.js", "a/x.*")) {
            index.add(PathPattern.of(text), text);
        }
        assertOwners(index.matching(RepoPath.of("a/x.js")), "a/x.js", "a", "{a/x.js,b}", "**/x.js", "a/x.*");
        assertOwners(index.matching(RepoPath.of("a/x.js/y/z")), "a/x.js/", "a/x.js/y", "a");
        assertOwners(index.overlapping(PathPattern.of("a/x.js")), "a/x.js", "a", "{a/x.js,b}", "**/x.js", "a/x.*");
        assertOwners(index.overlapping(PathPattern.of("**/y.*")), "a/x.js/", "a/x.js/y", "a", "{a/x.js,b}");
        assertOwners(index.overlapping(PathPattern.of("a/x.js/z.md")), "a/x.js/", "a");
        index.remove(PathPattern.of("a/x.js"), "a/x.js");
        index.remove(PathPattern.of("{a/x.js,b}"), "{a/x.js,b}");
        assertOwners(index.overlapping(PathPattern.of("a/x.js")), "a", "**/x.js", "a/x.*");
        assertOwners(index.overlapping(PathPattern.of("a/x.js/")), "a/x.js/", "a/x.js/y", "a", "**/x.js");
    }

    private static void assertOwners(List<PatternIndex.Entry<String>> found, String... owners) {
        assertThat(found).extracting(PatternIndex.Entry::owner).containsExactlyInAnyOrder(owners);
    }

    @Test
    void whatIsEmptyAgainHoldsNothing() {
        PatternIndex<String> index = new PatternIndex<>();
        List<String> texts = List.of("a/b/c", "a/b", "a/b.c", "a/**", "**/x", "a/*.js", "{a,b}/c", "a/{x*,y*}");
        texts.forEach(text -> index.add(PathPattern.of(text), "me"));
        texts.forEach(text -> index.add(PathPattern.of(text), "you"));
        assertThat(index.size()).isEqualTo(2 * texts.size());
        texts.forEach(text -> index.remove(PathPattern.of(text), "me"));
        assertThat(index.overlapping(PathPattern.of("**"))).hasSameSizeAs(texts).allMatch(entry -> entry.owner()
                .equals("you"));
        texts.forEach(text -> index.remove(PathPattern.of(text), "you"));
        assertThat(index.size()).isZero();
        assertThat(index.overlapping(PathPattern.of("**"))).isEmpty();
        assertThat(index.nodes()).isEqualTo(1);
    }

    /** Ten thousand territories of ten patterns. */
    private static PatternIndex<Integer> large() {
        PatternIndex<Integer> index = new PatternIndex<>();
        for (int owner = 0; owner < 10_000; owner++) {
            String area = "team%02d/service%04d".formatted(owner % 100, owner);
            for (String text : List.of(
                    "src/main/",
                    "src/test/",
                    "pom.xml",
                    "docs/*.md",
                    "docs/**/*.png",
                    "conf/{dev,prod}.yml",
                    "web/[a-m]*.ts",
                    "README.md",
                    "ops/**",
                    "build.gradle")) {
                index.add(PathPattern.of(area + "/" + text), owner);
            }
        }
        return index;
    }

    @Test
    void aQuestionTakesFewStepsAmongAHundredThousandPatterns() {
        PatternIndex<Integer> index = large();
        assertThat(index.size()).isEqualTo(100_000);
        for (String text : List.of(
                "team07/service4207/src/main/java/A.java",
                "team07/service4207/docs/*.md",
                "team07/service4207/web/l*.ts",
                "team07/new/",
                "other/**/*.java")) {
            Work work = Work.unlimited();
            index.overlapping(PathPattern.of(text), work);
            assertThat(work.steps()).as(text).isLessThan(200);
        }
        Work work = Work.unlimited();
        assertThat(index.overlapping(PathPattern.of("team07/service4207/"), work))
                .hasSize(10);
        assertThat(work.steps()).isLessThan(200);
    }

    @Test
    void patternsThatBeginWithAWildcardAreToldApartByTheirBeginnings() {
        PatternIndex<Integer> index = new PatternIndex<>();
        for (int owner = 0; owner < 10_000; owner++) {
            index.add(PathPattern.of("service%04d-*/src/**".formatted(owner)), owner);
        }
        Work work = Work.unlimited();
        assertThat(index.overlapping(PathPattern.of("service4207-a/src/A.java"), work))
                .singleElement()
                .satisfies(entry -> assertThat(entry.owner()).isEqualTo(4_207));
        assertThat(index.overlapping(PathPattern.of("service4207*/src/*"), work))
                .hasSize(1);
        assertThat(work.steps()).isLessThan(200);
    }

    @Test
    void patternsOfAnyDepthAreToldApartByTheirEndsOrTheNameBehindTheStar() {
        PatternIndex<String> index = new PatternIndex<>();
        for (int i = 0; i < 1_000; i++) {
            for (String form : List.of("**/*.x%d", "**/n%d.json", "**/d%d/**", "**/t%d", "**/*[ab]/g%d*/*_%d.c")) {
                String text = form.formatted(i, i);
                index.add(PathPattern.of(text), text);
            }
        }
        assertFewSteps(index, "src/a.x7", "**/*.x7");
        assertFewSteps(index, "src/a*.x7", "**/*.x7");
        assertFewSteps(index, "src/n7.json", "**/n7.json");
        assertFewSteps(index, "src/d7/t9/a.b", "**/d7/**", "**/t9");
        assertFewSteps(
                index,
                "src/d7?/a.b",
                IntStream.range(0, 10).mapToObj(i -> "**/d7" + i + "/**").toArray(String[]::new));
        for (PatternIndex.Entry<String> entry : index.overlapping(PathPattern.of("**"))) {
            index.remove(entry.pattern(), entry.owner());
        }
        assertThat(index.size()).isZero();
        assertThat(index.overlapping(PathPattern.of("**"))).isEmpty();
    }

    private static void assertFewSteps(PatternIndex<String> index, String text, String... owners) {
        Work work = Work.unlimited();
        assertOwners(index.overlapping(PathPattern.of(text), work), owners);
        assertThat(work.steps()).as(text).isLessThan(400);
    }
}
