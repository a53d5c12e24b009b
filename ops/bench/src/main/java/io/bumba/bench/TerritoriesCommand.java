package io.bumba.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench territories}: starts its server, measures, prints one table, leaves nothing. */
@Command(
        name = "territories",
        description = "Territories on a real server: allocation, overlaps, local grants, contention, many of them.",
        mixinStandardHelpOptions = true)
final class TerritoriesCommand implements Callable<Integer> {
    private static final int ROUNDS = 60;
    private static final int MANY = 10_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "JSON instead of the table.")
    private boolean json;

    @Option(names = "--quick", description = "Few rounds, to see that it runs; the numbers are worth nothing.")
    private boolean quick;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${sys:bench.data:-target}",
            description = "Where the server's data lie while it runs; a real disk. Default: ${DEFAULT-VALUE}.")
    private Path data = Path.of("target");

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter err = command.commandLine().getErr();
        Path directory = Scratch.newDirectory(data);
        try (Crew crew = new Crew();
                Servers one = Servers.one(directory.resolve("one"))) {
            Machine machine = Machine.here(directory);
            TerritoryBench bench = new TerritoryBench(one, quick ? 4 : ROUNDS, quick ? 200 : MANY, line -> {
                err.println("bench: " + line);
                err.flush();
            });
            bench.run(crew);
            TerritoryReport report = new TerritoryReport(
                    InstantSource.system()
                            .instant()
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString(),
                    machine,
                    bench.rows(),
                    notes(machine));
            PrintWriter out = command.commandLine().getOut();
            out.println(json ? report.json() : report);
            out.flush();
            return 0;
        } finally {
            Scratch.delete(directory);
        }
    }

    private static List<String> notes(Machine machine) {
        return List.of(
                "ratios are of times, round by round; median and quartiles.",
                String.format(
                        Locale.ROOT,
                        "load average %.1f before and %.1f after, on %d cores that clients and server share.",
                        machine.loadBefore(),
                        Machine.load(),
                        machine.cores()));
    }
}
