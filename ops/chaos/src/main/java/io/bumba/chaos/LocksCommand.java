package io.bumba.chaos;

import io.bumba.testkit.ZkEnsemble;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs one campaign, or several, against file locks. Exits 0 when nothing was found, 1 when something was. */
@Command(
        name = "locks",
        header = "File locks: three servers, some processes with some agents each, all kinds of faults.",
        description = {
            "",
            "A campaign runs for a minute; a longer time is made of several, each with the next seed. The seed decides",
            "what every agent does and when what is broken, but not how the processes interleave: the same seed gives",
            "the same schedule, and may give another outcome.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing was found", "1:something was", "2:the command line is wrong"})
final class LocksCommand implements Callable<Integer> {
    private static final Duration ONE = Duration.ofMinutes(1);
    private static final double LONGEST = 10_000;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "1", description = "How long; 1 by default.")
    double minutes;

    @Option(names = "--seed", paramLabel = "S", description = "The first seed; random, and shown, by default.")
    @Nullable
    Long seed;

    @Option(
            names = "--steady",
            paramLabel = "N",
            defaultValue = "2",
            description = "Processes that are neither killed, paused nor expired, and keep the counter; 2 by default.")
    int steady;

    @Option(
            names = "--mortal",
            paramLabel = "N",
            defaultValue = "2",
            description = "Processes that are killed, paused and expired; 2 by default.")
    int mortal;

    @Option(
            names = "--agents",
            paramLabel = "N",
            defaultValue = "4",
            description = "Agents of each process; 4 by default.")
    int agents;

    @Option(names = "--files", paramLabel = "N", defaultValue = "4", description = "Files; 4 by default.")
    int files;

    @Option(
            names = "--gap",
            paramLabel = "MS",
            defaultValue = "1500",
            description = "About how long between two faults of one kind of target; 1500 by default.")
    long gap;

    @Option(names = "--outages", description = "Also kills two of the three servers at once.")
    boolean outages;

    @Option(
            names = "--mutant",
            paramLabel = "NAME",
            description = "Breaks the library on purpose: ${COMPLETION-CANDIDATES}. Something must be found then.")
    @Nullable
    Mutants mutant;

    @Option(names = "--schedule", description = "Shows what would be broken when, and ends.")
    boolean scheduleOnly;

    @Option(
            names = "--keep",
            description = "Keeps the directory with histories and logs; it is always kept when something is found.")
    boolean keep;

    @Spec
    private final CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (!(minutes > 0 && minutes <= LONGEST)) {
            throw new ParameterException(spec.commandLine(), "--minutes must be above 0 and at most 10000");
        }
        PrintStream out = System.out;
        long first = seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
        Duration left = Duration.ofMillis((long) (minutes * 60_000));
        for (long next = first; left.compareTo(Duration.ZERO) > 0; next++) {
            Duration one = left.compareTo(ONE) < 0 ? left : ONE;
            Plan plan = plan(next, one);
            if (scheduleOnly) {
                out.println("seed " + next);
                Schedule.of(plan).strikes().forEach(out::println);
            } else if (!run(plan, out)) {
                return 1;
            }
            left = left.minus(one);
        }
        return 0;
    }

    private Plan plan(long one, Duration duration) {
        try {
            if (mutant != null) {
                return mutant.plan(one);
            }
            Plan usual = Plan.usual(one, duration);
            Set<Kind> kinds = outages ? EnumSet.allOf(Kind.class) : Kind.usual();
            return usual.with(kinds, Duration.ofMillis(gap))
                    .withWorkers(steady, mortal)
                    .with(usual.workload().withAgents(agents).withFiles(files));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private boolean run(Plan plan, PrintStream out) {
        Path directory = temporary();
        out.println("seed " + plan.seed() + ", " + plan.duration().toSeconds() + " s, " + plan.workers()
                + " processes of " + plan.workload().agents() + " agents, "
                + plan.workload().files() + " files; logs in " + directory);
        Path classes = mutant == null ? null : mutant.compile(Sources.find(), directory.resolve("mutant"));
        Verdict verdict;
        try (ZkEnsemble ensemble = ZkEnsemble.start(directory)) {
            verdict = new Campaign(
                            plan,
                            ensemble,
                            Campaign.logs(directory),
                            "/chaos",
                            directory,
                            classes,
                            line -> out.println("  " + line))
                    .run();
        }
        out.println(verdict.summary());
        out.println(verdict.shown());
        if (!verdict.isClean()) {
            out.println("the same schedule again: " + again(plan));
        }
        if (verdict.isClean() && !keep) {
            delete(directory);
        }
        return verdict.isClean();
    }

    /** The command that does the same. */
    private String again(Plan plan) {
        return mutant != null
                ? "ops/bin/chaos locks --seed %d --mutant %s".formatted(plan.seed(), mutant)
                : again(plan, outages);
    }

    static String again(Plan plan, boolean outages) {
        return "ops/bin/chaos locks --seed %d --minutes %s --steady %d --mortal %d --agents %d --files %d --gap %d%s"
                .formatted(
                        plan.seed(),
                        plan.duration().toMillis() / 60_000.0,
                        plan.steady(),
                        plan.mortal(),
                        plan.workload().agents(),
                        plan.workload().files(),
                        plan.gap().toMillis(),
                        outages ? " --outages" : "");
    }

    static Path temporary() {
        try {
            return Files.createTempDirectory("bumba-chaos");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory", e);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
