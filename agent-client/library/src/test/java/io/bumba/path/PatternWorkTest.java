package io.bumba.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Patterns made to take long are decided in few steps, or refused. */
// fault 85
class PatternWorkTest {
    /** What two patterns of the largest size may take: every character of one against every one of the other. */
    private static final long MOST = 512L * 512;

    private static final List<String> HOSTILE = List.of(
            "*a".repeat(30),
            "*a".repeat(120) + "b",
            "*[a-z]".repeat(80) + "0",
            "?".repeat(250),
            "a".repeat(120) + "?".repeat(120),
            "*" + "a".repeat(200) + "*b",
            "*" + "?".repeat(200) + "b*",
            "**/a/**/a/**/a/**/a",
            "**/" + "a*/".repeat(40) + "**/b",
            "?/".repeat(63) + "x*",
            "**/" + "*a*b*c*d*/".repeat(20) + "e*",
            "*[!a]*[!b]".repeat(20),
            "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}" + "*a?b".repeat(12),
            "{*a,*b}{*a,*b}{*a,*b}{*a,*b}{*a,*b}{*a,*b}");

    @Test
    void overlapTakesBoundedSteps() {
        for (String one : HOSTILE) {
            for (String other : HOSTILE) {
                Work work = Work.unlimited();
                PathPattern.of(one).overlaps(PathPattern.of(other), work);
                assertThat(work.steps()).as("%s and %s", one, other).isLessThan(MOST);
            }
        }
    }

    @Test
    void matchingTakesBoundedSteps() {
        List<RepoPath> paths = List.of(
                RepoPath.of("a".repeat(255)),
                RepoPath.of("a/".repeat(511) + "a"),
                RepoPath.of(
                        IntStream.range(0, 4).mapToObj(i -> "ab".repeat(120)).collect(Collectors.joining("/"))));
        for (String text : HOSTILE) {
            for (RepoPath path : paths) {
                Work work = Work.unlimited();
                PathPattern.of(text).routes().forEach(route -> route.matches(path.segments(), work));
                assertThat(work.steps()).as("%s and %s", text, path).isLessThan(MOST);
            }
        }
    }

    /** It grows with the product of the lengths, not faster. */
    @Test
    void twiceTheLengthIsAtMostFourTimesTheSteps() {
        long before = Long.MAX_VALUE / 5;
        for (int length = 15; length <= 120; length *= 2) {
            Work work = Work.unlimited();
            PathPattern.of("*" + "a".repeat(length) + "b*").overlaps(PathPattern.of("a".repeat(2 * length)), work);
            assertThat(work.steps()).isLessThan(4 * before + 100);
            before = work.steps();
        }
        assertThat(before).isGreaterThan(120);
    }

    /** Whether the n-th character before the end is an a: the smallest automaton has 2^n states. */
    @Test
    void whatCannotBeDecidedInclusionOfIsRefusedByName() {
        PathPattern whole = PathPattern.of("{*a" + "?".repeat(40) + ",*b" + "?".repeat(40) + ",?*[!ab]}");
        PathPattern part = PathPattern.of("*[ab]" + "?".repeat(40));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> whole.covers(part))
                .withMessageContaining("MAX_COVER_STEPS, 1,000,000 steps; use simpler patterns");
        assertThat(whole.covers(whole)).isTrue();
    }

    @Test
    void anOverBroadPatternIsToldInFewSteps() {
        for (String text : HOSTILE) {
            Work work = Work.unlimited();
            Inclusion.holds(PathPattern.of("*").routes(), PathPattern.of(text).routes(), work);
            assertThat(work.steps()).as(text).isLessThan(MOST);
        }
    }
}
