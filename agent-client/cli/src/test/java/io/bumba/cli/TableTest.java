package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class TableTest {
    private final Table table =
            new Table(new Table.Column("PATH", 8, true), Table.Column.of("AGENT", 6), Table.Column.of("REASON", 4));

    @Test
    void isAsWideAsItsContentsWhenThereIsNoTerminal() {
        table.row("src/a.c", "Engineer-Ada-1-0000abcd", "why");
        assertThat(table.lines(OptionalInt.empty()))
                .containsExactly("PATH     AGENT                    REASON", "src/a.c  Engineer-Ada-1-0000abcd  why");
    }

    @Test
    void fitsAnyTerminalAndKeepsTheNameOfALongPath() {
        table.row("a/very/long/way/to/some/file.c", "Engineer-Ada-1700000000000-0000abcd", "because of 漢字漢字漢字漢字");
        for (int columns = 1; columns < 120; columns++) {
            int terminal = columns;
            assertThat(table.lines(OptionalInt.of(columns)))
                    .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(terminal));
        }
        assertThat(table.lines(OptionalInt.of(40)).get(1)).contains("file.c");
    }

    @Test
    void aCellIsMadePrintable() {
        table.row("a\u001b[31m", "b", "c\nd");
        assertThat(table.lines(OptionalInt.empty()).get(1)).isEqualTo("a<U+001B>[31m  b      c d");
    }
}
