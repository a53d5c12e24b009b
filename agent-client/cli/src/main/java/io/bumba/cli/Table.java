package io.bumba.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Rows under headings, as wide as their contents or as narrow as the terminal. Not thread-safe. */
final class Table {
    private static final String GAP = "  ";

    /**
     * @param title the heading
     * @param least columns it keeps, however narrow the terminal
     * @param keepsEnd whether the end matters more than the beginning, as in a path
     */
    record Column(String title, int least, boolean keepsEnd) {
        static Column of(String title, int least) {
            return new Column(title, least, false);
        }
    }

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    Table(Column... columns) {
        this.columns = List.of(columns);
    }

    /** Adds a row; the cells are made printable. */
    void row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(Arrays.stream(cells).map(Text::oneLine).toList());
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * The lines, headings first.
     *
     * @param terminal its columns; empty when nothing needs to be cut
     */
    List<String> lines(OptionalInt terminal) {
        int[] widths = naturalWidths();
        terminal.ifPresent(most -> narrow(widths, most));
        List<String> lines = new ArrayList<>();
        lines.add(line(columns.stream().map(Column::title).toList(), widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return terminal.isPresent()
                ? lines.stream()
                        .map(l -> Text.fitBeginning(l, terminal.getAsInt()))
                        .toList()
                : lines;
    }

    private int[] naturalWidths() {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.max(
                    Text.width(columns.get(i).title()),
                    rows.stream()
                            .mapToInt(row -> Text.width(row.get(column)))
                            .max()
                            .orElse(0));
        }
        return widths;
    }

    /** Takes columns from the widest that may give some, one by one. */
    private void narrow(int[] widths, int terminal) {
        int total = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1);
        while (total > terminal) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (widths[i] > columns.get(i).least() && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
            total--;
        }
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = columns.get(i).keepsEnd()
                    ? Text.fitEnd(cells.get(i), widths[i])
                    : Text.fitBeginning(cells.get(i), widths[i]);
            line.append(i == 0 ? "" : GAP).append(cell).append(" ".repeat(widths[i] - Text.width(cell)));
        }
        return line.toString().stripTrailing();
    }
}
