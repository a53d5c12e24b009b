package io.bumba.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SpreadTest {
    @Test
    void isTheMedianAndTheQuartilesWhateverTheOrder() {
        assertThat(Spread.of(5, 1, 3, 2, 4)).isEqualTo(new Spread(3, 2, 4, 5));
        assertThat(Spread.of(2, 1)).isEqualTo(new Spread(1.5, 1.25, 1.75, 2));
        assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7, 1));
    }

    @Test
    void ofRatiosTakesThemRoundByRound() {
        assertThat(Spread.ofRatios(new long[] {10, 300, 6}, new long[] {10, 100, 3}))
                .isEqualTo(new Spread(2, 1.5, 2.5, 3));
    }

    @Test
    void ofNothingIsRefused() {
        assertThatThrownBy(() -> Spread.of()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTargetIsReachedFromItsOwnSide() {
        assertThat(Target.FRESH.isReachedBy(0.5)).isTrue();
        assertThat(Target.FRESH.isReachedBy(0.51)).isFalse();
        assertThat(Target.HAND_OVER.isReachedBy(1.0)).isTrue();
        assertThat(Target.HAND_OVER.isReachedBy(0.99)).isFalse();
        assertThat(Target.HAND_OVER).hasToString(">= 1.00");
    }
}
