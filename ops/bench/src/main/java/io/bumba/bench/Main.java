package io.bumba.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ops/bin/bench}. */
@Command(
        name = "bench",
        description = "Measures BUMBA beside what else there is. Ratios of one run, never promises.",
        mixinStandardHelpOptions = true,
        subcommands = {LocksCommand.class, TerritoriesCommand.class, PureCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((failure, line, parsed) -> {
            if (!(failure instanceof BenchException)) {
                throw failure;
            }
            line.getErr().println("bench: " + failure.getMessage());
            return line.getCommandSpec().exitCodeOnExecutionException();
        });
    }
}
