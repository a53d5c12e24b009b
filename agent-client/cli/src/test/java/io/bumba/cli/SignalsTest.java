package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SignalsTest {
    @Test
    void theForegroundOfATerminalIsKnownByItsGroup() {
        assertThat(Signals.isForeground("12 (java) S 1 77 77 34816 77 4194304 0\n"))
                .isTrue();
        assertThat(Signals.isForeground("12 (java) S 1 77 77 34816 99 4194304 0\n"))
                .isFalse();
        assertThat(Signals.isForeground("12 (java) S 1 77 77 0 -1 4194304 0\n")).isFalse();
    }

    @Test
    void aNameWithBracketsAndSpacesConfusesNobody() {
        assertThat(Signals.isForeground("12 (a) R 5) S 1 77 77 34816 77 4194304 0\n"))
                .isTrue();
    }

    @Test
    void aShellReportsASignalAsMoreThan128() {
        assertThat(Signals.TERM.exitCode()).isEqualTo(143);
        assertThat(Signals.INT.exitCode()).isEqualTo(130);
    }
}
