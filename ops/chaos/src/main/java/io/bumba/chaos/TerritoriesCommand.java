package io.bumba.chaos;

import io.bumba.testkit.ZkEnsemble;
import io.bumba.testkit.ZkProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs crowds and races against territories. Exits 0 when nothing was found, 1 when something was. */
@Command(
        name = "territories",
        header =
                "Territories: a crowd that asks for overlapping ones all at once, and races against locks and changes.",
        description = {
            "",
            "Crowds of 1,000 agents in five processes, two of them killed, and races of two agents in pairs, by turns, each",
            "with the next seed, until the time is over and the races are held; without --minutes, one crowd and the races.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing was found", "1:something was", "2:the command line is wrong"})
final class TerritoriesCommand implements Callable<Integer> {
    /** More in one go would leave long logs of the servers. */
    private static final int RACES_AT_A_TIME = 10_000;

    private static final double LONGEST = 10_000;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "0", description = "How long at least; 0 by default.")
    double minutes;

    @Option(
            names = "--races",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many races at least; 10000 by default, 0 for none.")
    int races;

    @Option(names = "--seed", paramLabel = "S", description = "The first seed; random, and shown, by default.")
    @Nullable
    Long seed;

    @Option(
            names = "--agents",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Agents of a crowd; 1000 by default, 0 for no crowds.")
    int agents;

    @Option(
            names = "--mutant",
            paramLabel = "NAME",
            description = "Breaks the library on purpose: ${COMPLETION-CANDIDATES}. Something must be found then.")
    @Nullable
    TerritoryMutants mutant;

    @Option(
            names = "--keep",
            description = "Keeps the directories with histories and logs; one is always kept when something is found.")
    boolean keep;

    @Spec
    private final CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (!(minutes >= 0 && minutes <= LONGEST) || races < 0 || agents < 0 || (races == 0 && agents == 0)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--minutes must be 0 to 10000; --races and --agents must not be negative, nor both 0");
        }
        long end = System.nanoTime() + (long) (minutes * 60_000_000_000L);
        long next = seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
        int left = races;
        boolean first = true;
        while (first || left > 0 || System.nanoTime() < end) {
            if (agents > 0 && mutant == null && (first || System.nanoTime() < end) && !crowd(next, System.out)) {
                return 1;
            }
            if (races > 0) {
                int now = left > 0 ? Math.min(left, RACES_AT_A_TIME) : Math.min(races, RACES_AT_A_TIME);
                if (!race(next, now, System.out)) {
                    return 1;
                }
                left -= now;
            }
            first = false;
            next++;
        }
        return 0;
    }

    private boolean crowd(long one, PrintStream out) {
        Path directory = LocksCommand.temporary();
        TerritoryPlan usual = TerritoryPlan.usual(one);
        TerritoryPlan plan = new TerritoryPlan(
                one,
                Math.min(agents, usual.processes()),
                Math.min(Math.max(0, agents - 1), usual.mortal()),
                agents,
                usual.modules(),
                usual.rounds());
        out.println("seed " + one + ", a crowd of " + agents + " agents; logs in " + directory);
        TerritoryVerdict verdict;
        try (ZkEnsemble ensemble = ZkEnsemble.start(directory)) {
            verdict = new TerritoryCampaign(
                            ensemble.connectString(),
                            Campaign.logs(directory),
                            "/chaos",
                            directory,
                            classes(directory),
                            line -> out.println("  " + line))
                    .run(plan);
        }
        return told(verdict, "--races 0 --seed " + one + " --agents " + agents, directory, out);
    }

    private boolean race(long one, int now, PrintStream out) {
        Path directory = LocksCommand.temporary();
        RacePlan plan = mutant == null ? RacePlan.usual(one, now) : mutant.plan(one);
        out.println("seed " + one + ", " + plan.workspaces() * plan.races() + " races; logs in " + directory);
        TerritoryVerdict verdict;
        try (ZkProcess server = ZkProcess.start(directory("server", directory))) {
            verdict = new TerritoryCampaign(
                            server.connectString(),
                            List.of(directory.resolve("server").resolve("data")),
                            "/chaos",
                            directory,
                            classes(directory),
                            line -> out.println("  " + line))
                    .run(plan);
        }
        return told(verdict, "--agents 0 --seed " + one + " --races " + now, directory, out);
    }

    private boolean told(TerritoryVerdict verdict, String options, Path directory, PrintStream out) {
        out.println(verdict.summary());
        out.println(verdict.shown());
        if (!verdict.isClean()) {
            out.println("the same again: ops/bin/chaos territories " + options
                    + (mutant == null ? "" : " --mutant " + mutant));
        } else if (!keep) {
            LocksCommand.delete(directory);
        }
        return verdict.isClean();
    }

    private @Nullable Path classes(Path directory) {
        return mutant == null ? null : mutant.compile(Sources.find(), directory.resolve("mutant"));
    }

    private static Path directory(String name, Path in) {
        try {
            return Files.createDirectories(in.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("no directory " + name, e);
        }
    }
}
