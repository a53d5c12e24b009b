package io.bumba.cli;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Shows how far the agents are: one line that changes on a terminal, a new line every other second elsewhere. */
final class DemoProgress {
    private static final long LINE_NANOS = 2_000_000_000L;

    private final List<DemoAgent> agents;
    private final boolean terminal = Terminal.isOut();
    private final long began;
    private long shownAt;
    private long shownEdits;
    private double rate;

    DemoProgress(List<DemoAgent> agents, long began) {
        this.agents = agents;
        this.began = began;
        this.shownAt = began;
    }

    void show() {
        long now = System.nanoTime();
        if (now - shownAt < (terminal ? LINE_NANOS / 4 : LINE_NANOS)) {
            return;
        }
        long edits = agents.stream().mapToLong(DemoAgent::edits).sum();
        rate = (edits - shownEdits) * 1e9 / (now - shownAt);
        shownAt = now;
        shownEdits = edits;
        String line = String.format(
                Locale.ROOT,
                "%5.1f s  %d edits, %.0f/s  %s",
                (now - began) / 1e9,
                edits,
                rate,
                agents.stream().map(a -> a.number() + ":" + a.edits()).collect(Collectors.joining(" ")));
        if (terminal) {
            OptionalInt columns = Terminal.columns(Surroundings.ofProcess());
            System.out.print("\r\u001b[K" + Text.fitBeginning(line, columns.orElse(80) - 1));
            System.out.flush();
        } else {
            System.out.println(line);
            System.out.flush();
        }
    }

    void finish() {
        if (terminal) {
            System.out.println();
        }
    }
}
