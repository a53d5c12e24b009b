package io.bumba.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bumba} alone shows the help. */
@Command(
        name = "bumba",
        versionProvider = BumbaCommand.Version.class,
        header = "Coordinates fleets of AI agents that work on the same files: locks, identity, one view of both.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions, before or after the command:%n",
        exitCodeListHeading = "%nExit codes:%n",
        footer = {
            "",
            "Begin with 'bumba up' in one terminal, and in the project 'bumba init' and",
            "'bumba run --lock src/main.c -- make'. 'bumba demo' shows what it is good for."
        })
final class BumbaCommand implements Runnable {
    @Mixin
    final GlobalOptions global;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    boolean version;

    @Spec
    private final CommandSpec spec = CommandSpec.create();

    BumbaCommand(GlobalOptions global) {
        this.global = global;
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    /** The version that the jar's manifest names. */
    static final class Version implements IVersionProvider {
        static String text() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "(not from a jar)" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"bumba " + text()};
        }
    }
}
