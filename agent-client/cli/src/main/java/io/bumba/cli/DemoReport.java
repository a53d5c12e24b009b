package io.bumba.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The verdict on a performance of the demo, computed from the files and the ledgers. */
final class DemoReport {
    /** What measuring on a busy machine may add. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private final DemoStage stage;
    private final Collection<DemoLedger.Entry> ledgers;
    private final Optional<DemoAccidents.Outcome> outcome;
    private final Duration limit;
    private boolean proven = true;

    /** @param outcome of the accidents; empty when the agents took no locks */
    DemoReport(
            DemoStage stage,
            Collection<DemoLedger.Entry> ledgers,
            Optional<DemoAccidents.Outcome> outcome,
            Duration limit) {
        this.stage = stage;
        this.ledgers = ledgers;
        this.outcome = outcome;
        this.limit = limit;
    }

    /** Prints it; whether all is proven, which nothing need be when there were no locks. */
    boolean print() throws IOException, InterruptedException {
        DemoProof proof = DemoProof.of(stage.now(), ledgers);
        System.out.println();
        System.out.println("git diff --stat");
        stage.diffStat().forEach(line -> System.out.println("  " + line.strip()));
        System.out.println();
        if (outcome.isPresent()) {
            edits(proof);
            accidents(outcome.get());
            System.out.println();
            System.out.println(proven ? "PROVEN: no update was lost" : "NOT PROVEN: see above");
            return proven;
        }
        losses(proof);
        return true;
    }

    private void edits(DemoProof proof) {
        verdict(
                proof.everyEditExactlyOnce(),
                proof.acknowledged() + " acknowledged edits: " + proof.lost() + " lost, " + proof.repeated()
                        + " repeated, " + proof.unknown() + " that nobody acknowledged"
                        + (proof.everyEditExactlyOnce() ? "; each is in its file exactly once" : ""));
        verdict(
                proof.wrongCounters().isEmpty(),
                proof.wrongCounters().isEmpty()
                        ? stage.before().size() + " counters, raised by read-modify-write, equal their files' edits"
                        : "wrong counters in " + proof.wrongCounters());
        verdict(
                proof.damaged().isEmpty(),
                proof.damaged().isEmpty() ? "what the files held before is unharmed" : "damaged: " + proof.damaged());
    }

    private void accidents(DemoAccidents.Outcome what) {
        verdict(
                what.freed().compareTo(limit.plus(SLACK)) <= 0,
                String.format(
                        Locale.ROOT,
                        "agent %d was killed (kill -9) holding %s, between reading and writing it: free for others after"
                                + " %.1f s (session timeout + 2 ticks: %.1f s)",
                        what.killedAgent(),
                        what.killedFile(),
                        seconds(what.freed()),
                        seconds(limit)));
        verdict(
                what.refused(),
                String.format(
                        Locale.ROOT,
                        "agent %d was stopped (SIGSTOP) holding %s; after %.1f s another had the file and changed it;"
                                + " awake again it %s",
                        what.stoppedAgent(),
                        what.stoppedFile(),
                        seconds(what.taken()),
                        what.refused()
                                ? "found its grant invalid: the late write was refused"
                                : "WROTE over its successor"));
    }

    private void losses(DemoProof proof) {
        System.out.printf(
                Locale.ROOT,
                "%d edits were acknowledged; %d of them (%.0f %%) are LOST%n",
                proof.acknowledged(),
                proof.lost(),
                100.0 * proof.lost() / Math.max(1, proof.acknowledged()));
        System.out.printf(
                "%d of %d counters are wrong, %d files lost what they held before the run%n",
                proof.wrongCounters().size(),
                stage.before().size(),
                proof.damaged().size());
        System.out.println("Nobody was told. The same with locks: bumba demo");
    }

    private void verdict(boolean holds, String what) {
        proven &= holds;
        System.out.println((holds ? "  ok      " : "  FAILED  ") + what);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }
}
