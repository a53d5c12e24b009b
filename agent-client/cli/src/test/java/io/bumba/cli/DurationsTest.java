package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {
    @Test
    void readsANumberAndItsUnit() {
        assertThat(Durations.parse("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Durations.parse("30s")).isEqualTo(Duration.ofSeconds(30));
        assertThat(Durations.parse("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(Durations.parse("1h")).isEqualTo(Duration.ofHours(1));
        assertThat(Durations.parse("7d")).isEqualTo(Duration.ofDays(7));
        assertThat(Durations.parse("0")).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-1s", "5x", "1.5s", "5 s", "99999999999s", "s", "5S", "\u0665s"})
    void refusesAnythingElseNamingTheTextAndTheRule(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("'" + text + "' is not a duration")
                .withMessageContaining("30s");
    }

    @Test
    void namesTwoUnitsAtMost() {
        assertThat(Durations.words(Duration.ofMillis(-3))).isEqualTo("0 ms");
        assertThat(Durations.words(Duration.ofMillis(999))).isEqualTo("999 ms");
        assertThat(Durations.words(Duration.ofMillis(59_999))).isEqualTo("59 s");
        assertThat(Durations.words(Duration.ofSeconds(123))).isEqualTo("2 m 3 s");
        assertThat(Durations.words(Duration.ofMinutes(125))).isEqualTo("2 h 5 m");
        assertThat(Durations.words(Duration.ofHours(49))).isEqualTo("2 d 1 h");
    }
}
