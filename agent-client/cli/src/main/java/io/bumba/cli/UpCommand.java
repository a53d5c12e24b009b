package io.bumba.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Stands in the help; the start script sends {@code bumba up} to the coordinator, so this runs only out of place. */
@Command(name = "up", description = "Start a coordinator with its own ZooKeeper, until Ctrl-C ('bumba up --help').")
final class UpCommand implements Callable<Integer> {
    @Unmatched
    final List<String> rest = new ArrayList<>();

    @Override
    public Integer call() {
        throw new CliException(
                ExitCode.USAGE, "'up' must be the first word, and needs the start script: ops/bin/bumba up [OPTIONS]");
    }
}
