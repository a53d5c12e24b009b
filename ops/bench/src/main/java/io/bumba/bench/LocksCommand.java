package io.bumba.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench locks}: starts its servers, measures, prints one table, leaves nothing. */
@Command(
        name = "locks",
        description = "Locks on real servers: bare nodes, stock Curator and ours, as ratios.",
        mixinStandardHelpOptions = true)
final class LocksCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "JSON instead of the table.")
    private boolean json;

    @Option(names = "--quick", description = "Few rounds, to see that it runs; the numbers are worth nothing.")
    private boolean quick;

    @Option(names = "--peers", description = "Also the locks of etcd and Redis, where their servers are on PATH.")
    private boolean peers;

    @Option(names = "--rounds", paramLabel = "N", description = "How many rounds, 1 to 10000.")
    private @Nullable Integer rounds;

    @Option(
            names = "--servers",
            paramLabel = "N",
            description = "Only one server (1), or only an ensemble of three (3). Default: both.")
    private @Nullable Integer servers;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${sys:bench.data:-target}",
            description = "Where the servers' data lie while they run; a real disk. Default: ${DEFAULT-VALUE}.")
    private Path data = Path.of("target");

    @Override
    public Integer call() {
        CommandSpec command = java.util.Objects.requireNonNull(spec);
        Plan plan = quick ? Plan.quick() : Plan.full();
        if (rounds != null) {
            if (rounds < 1 || rounds > 10_000) {
                throw new ParameterException(command.commandLine(), "--rounds " + rounds + " is not in 1..10000");
            }
            plan = plan.withRounds(rounds);
        }
        if (!wants(1) && !wants(3)) {
            throw new ParameterException(command.commandLine(), "--servers " + servers + " is neither 1 nor 3");
        }
        if (peers && !wants(1)) {
            throw new ParameterException(command.commandLine(), "--peers needs the one server; leave --servers out");
        }
        PrintWriter err = command.commandLine().getErr();
        Report report = measure(plan, line -> {
            err.println("bench: " + line);
            err.flush();
        });
        PrintWriter out = command.commandLine().getOut();
        out.println(json ? report.json() : new Page(report));
        out.flush();
        return 0;
    }

    private Report measure(Plan plan, Consumer<String> progress) {
        Path directory = Scratch.newDirectory(data);
        try (Crew crew = new Crew()) {
            Machine machine = Machine.here(directory);
            Report.Builder report = new Report.Builder();
            if (wants(1)) {
                progress.accept("starting one ZooKeeper server");
                try (Servers one = Servers.one(directory.resolve("one"))) {
                    new LockBench(one, plan, progress, report).run(crew);
                    if (peers) {
                        peers(one, directory, crew, plan, progress, report);
                    }
                }
            }
            if (wants(3)) {
                progress.accept("starting three ZooKeeper servers");
                try (Servers three = Servers.three(directory.resolve("three"))) {
                    new LockBench(three, plan, progress, report).run(crew);
                }
            }
            noise(machine).forEach(report::note);
            return report.build(InstantSource.system().instant(), machine, plan);
        } finally {
            Scratch.delete(directory);
        }
    }

    private boolean wants(int count) {
        return servers == null || servers == count;
    }

    private static void peers(
            Servers servers, Path directory, Crew crew, Plan plan, Consumer<String> progress, Report.Builder report) {
        List<Peer> known = ServiceLoader.load(Peers.class).stream()
                .flatMap(found -> found.get().all().stream())
                .toList();
        if (known.isEmpty()) {
            throw new BenchException(
                    "this build knows no peers; run ops/bin/bench locks --peers, which builds them in");
        }
        for (Peer peer : known) {
            if (Program.find(peer.program()).isEmpty()) {
                report.note(peer.name() + ": not measured, there is no " + peer.program()
                        + " on PATH; Debian: apt-get install " + peer.debianPackage());
                continue;
            }
            progress.accept("starting " + peer.name());
            try (Peer.Server server = peer.start(directory.resolve("peer-" + known.indexOf(peer)))) {
                new PeerBench(servers, peer, plan, progress, report).run(server, crew);
            }
        }
    }

    private static List<String> noise(Machine machine) {
        String load = String.format(
                java.util.Locale.ROOT,
                "load average %.1f before and %.1f after, on %d cores that clients and servers share: see how far"
                        + " '%s' is from 1.00 before believing a difference.",
                machine.loadBefore(),
                Machine.load(),
                machine.cores(),
                LockBench.BARE_AGAIN);
        return machine.syncsToMemory()
                ? List.of(load, "the servers' data lay in memory, where syncing costs nothing: give --data on a disk.")
                : List.of(load);
    }
}
