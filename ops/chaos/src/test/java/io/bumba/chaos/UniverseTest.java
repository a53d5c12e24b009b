package io.bumba.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The judge's own matcher, and that counting out its universe decides of every pair that is drawn whether it meets. */
class UniverseTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a/b|a/b",
                "a/b|a/b/c.js",
                ".b|.b/c.js",
                "{a,b.js}|a/c",
                "a/b/|a/b/c.js",
                "a/*.js|a/x.js",
                "a/**|a/b/c.js",
                "a/**/c.js|a/c.js",
                "a/**/c.js|a/b/b/c.js",
                "**/c.js|c.js",
                "{a,b}/c?|b/cd",
                "[a-c]/[!x]*|b/yz",
                "*/b|a/b/c",
                "a/x.js|a/x.js",
                "a/x.js/|a/x.js/b",
                "a/.b|a/.b/c"
            })
    void aPatternMatches(String pattern, String path) {
        assertThat(new PlainGlob(pattern).matches(path)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a/b|a",
                "a/b|a/bc",
                "a/x.js|a/x.js/b",
                "{a,b.js}|b.js/c",
                "a/b/|a/b",
                "a/*.js|a/b/x.js",
                "a/*|a/b/c",
                "a/**|a",
                "{a,b}/c|c/c",
                "[!a]/x|a/x",
                "a/x.js|a/x.js/b",
                "{a,b.js}|b.js/c",
                "?|ab"
            })
    void aPatternDoesNotMatch(String pattern, String path) {
        assertThat(new PlainGlob(pattern).matches(path)).isFalse();
    }

    @Test
    void pairsThatMeetMeetInAPathOfTheUniverseAndOthersDoNot() {
        Modules modules = new Modules(12);
        Universe universe = modules.universe();
        SplittableRandom random = new SplittableRandom(7);
        List<PathPatterns> drawn = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            drawn.add(modules.patterns(random));
        }
        int met = 0;
        for (PathPatterns one : drawn) {
            for (PathPatterns other : drawn) {
                boolean meet = universe.meet(texts(one), texts(other));
                assertThat(meet)
                        .as("%s and %s", one, other)
                        .isEqualTo(one.meets(other).isPresent());
                met += meet ? 1 : 0;
            }
        }
        assertThat(met).isGreaterThan(1_000);
    }

    private static List<String> texts(PathPatterns patterns) {
        return patterns.patterns().stream().map(PathPattern::value).toList();
    }
}
