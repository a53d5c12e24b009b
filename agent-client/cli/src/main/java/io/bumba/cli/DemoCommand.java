package io.bumba.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bumba demo}: eight agents edit one repository at once, with locks or without, and the files are judged. */
@Command(
        name = "demo",
        description = {
            "Let agents edit the same files at once, kill some, and prove that nothing was lost.",
            "",
            "Works in a clone that it makes and removes, with a coordinator of its own."
        })
final class DemoCommand implements Callable<Integer> {
    private final Surroundings around;

    @Option(
            names = "--repo",
            paramLabel = "PATH",
            description = "The git repository to clone; by default the one that this command is from.")
    private @Nullable Path repo;

    @Option(names = "--no-locks", description = "The same without locks, to see what gets lost.")
    private boolean noLocks;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "12",
            description =
                    "How long the agents edit, ${DEFAULT-VALUE} unless given; longer if an agent's end takes longer.")
    private int seconds;

    @Option(
            names = "--agents",
            paramLabel = "N",
            defaultValue = "8",
            description = "How many, each a process of its own; ${DEFAULT-VALUE} unless given.")
    private int agents;

    @Option(names = "--keep", description = "Keep the clone, the ledgers and the logs.")
    private boolean keep;

    DemoCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        within("--seconds", seconds, 1, 3_600);
        within("--agents", agents, 3, 64);
        Path source = around.cwd().resolve(repo == null ? home() : repo);
        Path scratch = Files.createTempDirectory("bumba-demo-").toRealPath();
        try (DemoProcesses processes = new DemoProcesses(scratch, keep)) {
            // Ctrl-C ends the JVM; what was started and made goes with it.
            Runtime.getRuntime().addShutdownHook(new Thread(processes::close, "demo-clean-up"));
            DemoStage stage = DemoStage.prepare(source, scratch, processes);
            boolean proven = new DemoRun(stage, processes, agents, seconds, noLocks).run();
            if (keep) {
                System.out.println("kept: " + scratch);
            }
            return (proven ? ExitCode.OK : ExitCode.PROBLEM).number();
        }
    }

    private Path home() {
        String home = around.variable("BUMBA_HOME");
        if (home.isEmpty()) {
            throw new CliException(ExitCode.USAGE, "which repository? name one with --repo PATH");
        }
        return Path.of(home);
    }

    private static void within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new CliException(ExitCode.USAGE, option + " " + value + " is not in " + least + ".." + most);
        }
    }
}
