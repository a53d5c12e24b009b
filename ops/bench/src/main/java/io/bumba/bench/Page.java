package io.bumba.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as a table for a terminal. */
record Page(Report report) {
    private static final String LINE = "  %-18s %-29s %6s  %-14s %-8s %-12s %-15s %s%n";

    @Override
    public String toString() {
        StringBuilder page = new StringBuilder();
        page.append("Locks, measured in turn, ").append(report.date()).append('\n');
        page.append(report.machine()).append('\n');
        int servers = 0;
        int clients = 0;
        for (Row row : report.rows()) {
            if (row.servers() != servers || row.clients() != clients) {
                servers = row.servers();
                clients = row.clients();
                page.append(heading(servers, clients));
            }
            page.append(line(row));
        }
        page.append('\n');
        notes().forEach(note -> page.append("- ").append(note).append('\n'));
        return page.toString();
    }

    private static String heading(int servers, int clients) {
        return String.format(Locale.ROOT, "%n%s, %s%n", many(servers, "server"), many(clients, "client"))
                + String.format(
                        Locale.ROOT,
                        LINE,
                        "what",
                        "against",
                        "ratio",
                        "quartiles",
                        "target",
                        "",
                        "writes/op",
                        "reads/op");
    }

    private static String line(Row row) {
        return String.format(
                Locale.ROOT,
                LINE,
                row.subject(),
                row.against(),
                number(row.ratio().median()),
                number(row.ratio().q1()) + " .. " + number(row.ratio().q3()),
                row.target().orElse(""),
                row.reached()
                        .map(reached -> reached ? "reached" : "NOT reached")
                        .orElse(""),
                row.cost().map(Cost::writes).map(Page::number).orElse("-")
                        + row.otherCost()
                                .map(other -> " : " + number(other.writes()))
                                .orElse(""),
                row.cost().map(Cost::reads).map(Page::number).orElse("-")
                        + row.otherCost()
                                .map(other -> " : " + number(other.reads()))
                                .orElse(""));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add(
                "ratio: time of what to time of against, round by round; of hand-overs grants per second to grants per"
                        + " second. Median and quartiles of " + report.plan().rounds() + " rounds, hand-overs of "
                        + report.plan().handOverRounds() + ".");
        notes.add(
                "writes/op, reads/op: durable writes (zxids) and reads that one operation asks of the servers, as they"
                        + " count them; what : against.");
        for (Exclusion exclusion : report.exclusions()) {
            notes.add(exclusion.lock() + ", " + many(exclusion.servers(), "server") + ": " + exclusion.grants()
                    + " grants, and a counter that is not atomic says " + exclusion.counted() + ": exact.");
        }
        notes.addAll(report.notes());
        return notes;
    }

    private static String many(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
