package io.bumba.chaos;

import io.bumba.testkit.PatternTrial;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares random pairs of patterns with a brute-force oracle. Exits 0 when all agree, 1 when some do not. */
@Command(
        name = "patterns",
        header = "Patterns of territories: random pairs against all paths of a small world.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all agree", "1:some do not", "2:the command line is wrong"})
final class PatternsCommand implements Callable<Integer> {
    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "How many; 1,000,000 by default.")
    long pairs;

    @Option(names = "--seed", paramLabel = "S", description = "Random, and shown, by default.")
    @Nullable
    Long seed;

    @Spec
    private final CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (pairs < 1) {
            throw new ParameterException(spec.commandLine(), "--pairs must be above 0");
        }
        PrintStream out = System.out;
        long drawn = seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
        out.println("seed " + drawn);
        PatternTrial.Outcome outcome = PatternTrial.run(drawn, pairs, progress -> out.println("  " + progress));
        outcome.disagreements().forEach(disagreement -> out.println("  " + disagreement));
        out.println(outcome);
        if (outcome.disagreements().isEmpty()) {
            return 0;
        }
        out.println("the same pairs again: ops/bin/chaos patterns --pairs %d --seed %d".formatted(pairs, drawn));
        return 1;
    }
}
