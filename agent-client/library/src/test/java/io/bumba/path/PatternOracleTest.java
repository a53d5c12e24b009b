package io.bumba.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.testkit.PatternTrial;
import org.junit.jupiter.api.Test;

class PatternOracleTest {
    /** {@code ops/bin/chaos patterns} runs a million. */
    private static final long PAIRS = 20_000;

    // fault 86
    @Test
    void randomPairsOverlapAndCoverExactlyAsAllPathsOfASmallWorldSay() {
        PatternTrial.Outcome outcome = PatternTrial.run(20_261_124, PAIRS, progress -> {});
        assertThat(outcome.disagreements()).as("%s", outcome).isEmpty();
        assertThat(outcome.pairs()).isEqualTo(PAIRS);
        assertThat(outcome.overlapping()).isBetween(PAIRS / 10, PAIRS * 9 / 10);
        assertThat(outcome.covering()).isBetween(PAIRS / 50, PAIRS / 2);
    }
}
