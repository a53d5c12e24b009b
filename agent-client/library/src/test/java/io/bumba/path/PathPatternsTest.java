package io.bumba.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PathPatternsTest {
    @Test
    void patternsStandInOrderEachOnce() {
        PathPatterns patterns = PathPatterns.of("b", "a/", "./b", "a/**");
        assertThat(patterns).extracting(PathPattern::value).containsExactly("a/**", "b");
        assertThat(patterns).isEqualTo(PathPatterns.of(List.of("B", "A/"), CasePolicy.FOLDED));
        assertThat(patterns.size()).isEqualTo(2);
        assertThat(PathPatterns.of().size()).isZero();
    }

    @Test
    void whatOneOfThemMatchesTheyMatch() {
        PathPatterns patterns = PathPatterns.of("src/**", "*.md");
        assertThat(patterns.matches(RepoPath.of("src/a"))).isTrue();
        assertThat(patterns.match(RepoPath.of("README.md"))).contains(PathPattern.of("*.md"));
        assertThat(patterns.match(RepoPath.of("docs/a.md"))).isEmpty();
        assertThat(patterns.reachesInto(List.of("src", "deep"))).isTrue();
        assertThat(patterns.reachesInto(List.of("docs"))).isFalse();
        assertThat(PathPatterns.of().matches(RepoPath.of("a"))).isFalse();
    }

    // fault 86
    @Test
    void theFirstPairThatMeetsIsNamed() {
        PathPatterns mine = PathPatterns.of("a/**", "src/**", "x");
        PathPatterns theirs = PathPatterns.of("b", "src/a/*.java", "src/b.js");
        assertThat(mine.meets(theirs))
                .contains(new PathPatterns.Meeting(PathPattern.of("src/**"), PathPattern.of("src/a/*.java")));
        assertThat(mine.meets(PathPatterns.of("b", "lib/**"))).isEmpty();
        assertThat(mine.meets(PathPatterns.of())).isEmpty();
    }

    @Test
    void largeSetsMeetAsSmallOnesDo() {
        PathPatterns mine = files("a", "*.js");
        PathPatterns others = files("b", "*.js");
        assertThat(mine.meets(others)).isEmpty();
        assertThat(mine.meets(files("a", "*.ts"))).isEmpty();
        assertThat(mine.meets(files("a", "x*")))
                .contains(new PathPatterns.Meeting(PathPattern.of("a/0/*.js"), PathPattern.of("a/0/x*")));
        assertThat(mine.meets(PathPatterns.of("**/x.js", "a/999/y.js", "a/{998,999}/*")))
                .contains(new PathPatterns.Meeting(PathPattern.of("a/0/*.js"), PathPattern.of("**/x.js")));
    }

    private static PathPatterns files(String directory, String name) {
        return PathPatterns.of(IntStream.range(0, PathPatterns.MAX_PATTERNS)
                .mapToObj(i -> PathPattern.of(directory + "/" + i + "/" + name))
                .toList());
    }

    @Test
    void aPartMayBeCoveredBySeveralTogether() {
        PathPatterns whole = PathPatterns.of("src/**/*.js", "src/**/*.ts", "docs/");
        assertThat(whole.notCovered(PathPatterns.of("docs/api/**", "src/x/*.[jt]s", "src/*.{js,ts}")))
                .isEmpty();
        assertThat(whole.notCovered(PathPatterns.of("docs/a", "src/*", "zoo"))).contains(PathPattern.of("src/*"));
        assertThat(whole.notCovered(PathPatterns.of("docs"))).contains(PathPattern.of("docs"));
        assertThat(whole.notCovered(PathPatterns.of())).isEmpty();
        assertThat(PathPatterns.of().notCovered(PathPatterns.of("a"))).contains(PathPattern.of("a"));
    }

    // fault 85
    @Test
    void limitsAreRefusedByNameBeforeTheTextsAreRead() {
        assertThat(files("a", "*").size()).isEqualTo(1_000);
        String limit = "patterns are too many, the limit MAX_PATTERNS is 1,000; ";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathPatterns.of(Collections.nCopies(1_000_000, "[z-a]"), CasePolicy.SENSITIVE))
                .withMessageContaining("1,000,000 " + limit);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathPatterns.of(Collections.nCopies(1_001, PathPattern.of("a"))))
                .withMessageContaining("1,001 " + limit);
        List<String> long1000 = IntStream.range(0, 1_000)
                .mapToObj(i -> "d%03d/".formatted(i) + "x".repeat(250) + "/*" + "y".repeat(6))
                .toList();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathPatterns.of(long1000, CasePolicy.SENSITIVE))
                .withMessage("the patterns have 263,000 bytes in UTF-8, the limit MAX_BYTES is 262,144;"
                        + " name directories instead of files");
        assertThat(PathPatterns.of(long1000.subList(0, 990), CasePolicy.SENSITIVE)
                        .size())
                .isEqualTo(990);
    }

    @Test
    void jsonIsAListOfTexts() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.writeValueAsString(PathPatterns.of("b", "a/"))).isEqualTo("[\"a/**\",\"b\"]");
        assertThat(json.readValue("[\"b\",\"a/\"]", PathPatterns.class)).isEqualTo(PathPatterns.of("a/", "b"));
        assertThatExceptionOfType(JsonProcessingException.class)
                .isThrownBy(() -> json.readValue("[\"..\"]", PathPatterns.class))
                .withMessageContaining("leaves the root of the tree");
    }
}
