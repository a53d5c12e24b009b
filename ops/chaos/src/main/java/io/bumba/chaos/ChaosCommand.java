package io.bumba.chaos;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code chaos} alone shows the help. */
@Command(
        name = "chaos",
        header = "Breaks servers, processes and networks under a random workload, and judges what was recorded.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {LocksCommand.class, PatternsCommand.class, TerritoriesCommand.class})
final class ChaosCommand implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    @Spec
    private final CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
