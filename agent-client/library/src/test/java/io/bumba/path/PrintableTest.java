package io.bumba.path;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void plainTextStaysAsItIs() {
        assertThat(Printable.of("src/caf\u00e9 \ud83d\ude00.txt")).isEqualTo("src/caf\u00e9 \ud83d\ude00.txt");
        assertThat(Printable.of("")).isEmpty();
    }

    @Test
    void whatWouldForgeALogLineIsWrittenAsItsNumber() {
        assertThat(Printable.of("a\r\nb\u2028c\u202ed\ud800"))
                .isEqualTo("a<U+000D><U+000A>b<U+2028>c<U+202E>d<U+D800>");
    }

    @Test
    void longTextIsCutBetweenCodePoints() {
        String longest = "\ud83d\ude00".repeat(Printable.MAX_SHOWN);
        assertThat(Printable.of(longest)).isEqualTo(longest);
        assertThat(Printable.of(longest + "x")).isEqualTo(longest + "...");
    }
}
