package io.bumba.chaos;

import picocli.CommandLine;

/** The command {@code ops/bin/chaos}. */
final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new ChaosCommand()).execute(args));
    }
}
