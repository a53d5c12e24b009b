package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TextTest {
    @Test
    void nothingThatMovesTheCursorOrTurnsTheReadingOrderComesThrough() {
        assertThat(Text.oneLine("a\u001b[2Jb")).isEqualTo("a<U+001B>[2Jb");
        assertThat(Text.oneLine("a\u202Eb")).isEqualTo("a<U+202E>b");
        assertThat(Text.oneLine("a\u2066b\u200Fc")).isEqualTo("a<U+2066>b<U+200F>c");
        assertThat(Text.oneLine("a\u0007\u009bb")).isEqualTo("a<U+0007><U+009B>b");
        assertThat(Text.oneLine("one\r\ntwo\tthree")).isEqualTo("one  two three");
    }

    @Test
    void aTimeIsShownToTheSecond() {
        assertThat(Text.seconds("2026-11-24T10:41:00.825878995Z")).isEqualTo("2026-11-24T10:41:00Z");
        assertThat(Text.seconds("noon")).isEqualTo("noon");
    }

    @Test
    void wideAndCombiningCharactersAreCountedAsTheTerminalShowsThem() {
        assertThat(Text.width("abc")).isEqualTo(3);
        assertThat(Text.width("漢字")).isEqualTo(4);
        assertThat(Text.width("e\u0301")).isEqualTo(1);
        assertThat(Text.width("🙂")).isEqualTo(2);
    }

    @Test
    void whatDoesNotFitIsCutWhereItMattersLess() {
        assertThat(Text.fitBeginning("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Text.fitBeginning("abcdef", 4)).isEqualTo("abc…");
        assertThat(Text.fitEnd("src/auth/login.js", 9)).isEqualTo("…login.js");
        assertThat(Text.fitBeginning("漢字漢字", 4)).isEqualTo("漢…");
        assertThat(Text.fitEnd("漢字漢字", 4)).isEqualTo("…字");
        assertThat(Text.fitBeginning("abc", 0)).isEmpty();
        assertThat(Text.shortened("abcdef", 4)).isEqualTo("abc…");
    }
}
