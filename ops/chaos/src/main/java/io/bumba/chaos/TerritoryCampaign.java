package io.bumba.chaos;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.chaos.Finding.Rule;
import io.bumba.path.PathPatterns;
import io.bumba.territory.AllocateResult;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import io.bumba.territory.TerritoryType;
import io.bumba.testkit.Jvm;
import io.bumba.testkit.Sessions;
import io.bumba.testkit.ZkTree;
import io.bumba.zk.Layout;
import io.bumba.zk.WorkspaceSettings;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Runs a crowd or races on running servers, below a root of its own, and judges them:
 *
 * <pre>
 * the processes start -> all ask at once -> some are killed -> those that live have had all answers and given all back:
 * nothing ephemeral may stand <em>while their sessions still live</em> -> an heir is allocated everything, which ends
 * what the dead have left -> it gives that back: no territory is left -> the histories and the servers' logs are judged
 * </pre>
 */
final class TerritoryCampaign {
    private static final Duration SESSION = Duration.ofSeconds(6);
    private static final Duration SETTLE = SESSION.plusSeconds(6);
    private static final Duration START = Duration.ofSeconds(90);
    private static final long LOOK_MILLIS = 50;
    private static final String HEIRS = "everything";

    private final String servers;
    private final List<Path> logs;
    private final String root;
    private final Path directory;
    private final @Nullable Path mutant;
    private final Consumer<String> log;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Asked> heirs = new ArrayList<>();

    /**
     * @param logs the data directories of the servers
     * @param root where nobody else is
     * @param directory for what the processes write
     * @param mutant a directory of classes that come before the real ones; null for none
     * @param log told what goes on
     */
    TerritoryCampaign(
            String servers, List<Path> logs, String root, Path directory, @Nullable Path mutant, Consumer<String> log) {
        this.servers = servers;
        this.logs = List.copyOf(logs);
        this.root = root;
        this.directory = directory;
        this.mutant = mutant;
        this.log = log;
    }

    // ---- a crowd
    // ------------------------------------------------------------------------------------------------------

    TerritoryVerdict run(TerritoryPlan plan) {
        Modules modules = new Modules(plan.modules());
        Layout layout = new Layout(root, BumbaConfig.DEFAULT_WORKSPACE);
        raiseLimits();
        List<Jvm> processes = new ArrayList<>();
        List<Path> histories = new ArrayList<>();
        try {
            for (int i = 0; i < plan.processes(); i++) {
                int agents = plan.agents() / plan.processes() + (i < plan.agents() % plan.processes() ? 1 : 0);
                histories.add(directory.resolve("crowd" + i + ".history"));
                processes.add(start(
                        CrowdWorker.class,
                        "crowd" + i,
                        histories.get(i),
                        plan.seed(),
                        Integer.toString(agents),
                        Integer.toString(plan.modules()),
                        Integer.toString(plan.rounds())));
            }
            processes.forEach(TerritoryCampaign::awaitReady);
            log.accept(plan.agents() + " agents in " + plan.processes() + " processes ask");
            processes.forEach(process -> process.send("go"));
            killSome(processes, histories, plan);
            List<Jvm> living = processes.subList(plan.mortal(), processes.size());
            Map<String, Integer> counts = awaitDone(living);
            findNothingLeft(layout, modules.all());
            living.forEach(process -> process.send("exit"));
            Map<Path, Boolean> alive = new TreeMap<>();
            for (int i = 0; i < histories.size(); i++) {
                alive.put(histories.get(i), i >= plan.mortal());
            }
            return judge(Map.of(layout, modules.universe()), Map.of(layout, alive), counts);
        } finally {
            processes.forEach(Jvm::close);
        }
    }

    /** While the crowd is at its thickest: when some of the process have had an answer, and others not. */
    private void killSome(List<Jvm> processes, List<Path> histories, TerritoryPlan plan) {
        SplittableRandom random = Seeds.of(plan.seed(), "kills");
        for (int i = 0; i < plan.mortal(); i++) {
            int agents = plan.agents() / plan.processes();
            int lines = agents + random.nextInt(agents + 1);
            long deadline = System.nanoTime() + SETTLE.toNanos();
            while (TerritoryHistory.lines(histories.get(i)) < lines && System.nanoTime() < deadline) {
                pause(Duration.ofMillis(LOOK_MILLIS));
            }
            long ignored = processes.get(i).kill9();
            log.accept("one process is killed");
        }
    }

    // ---- races
    // --------------------------------------------------------------------------------------------------------

    TerritoryVerdict run(RacePlan plan) {
        Path history = directory.resolve("races.history");
        List<Layout> layouts = IntStream.range(0, plan.workspaces())
                .mapToObj(i -> new Layout(root, RaceWorker.workspace("races", i)))
                .toList();
        try (Jvm process = start(
                RaceWorker.class,
                "races",
                history,
                plan.seed(),
                Integer.toString(plan.workspaces()),
                Integer.toString(plan.races()),
                Integer.toString(plan.atOnce()),
                plan.kinds().stream().map(Enum::name).collect(Collectors.joining(",")))) {
            awaitReady(process);
            log.accept(plan.workspaces() * plan.races() + " races begin");
            process.send("go");
            Map<String, Integer> counts = awaitDone(List.of(process));
            List<String> paths = IntStream.range(0, plan.races())
                    .mapToObj(Contest::paths)
                    .flatMap(List::stream)
                    .toList();
            for (Layout layout : layouts) {
                findNothingLeft(layout, PathPatterns.of("r?/", "r??/", "r???/", "r????/", "r?????/"));
            }
            process.send("exit");
            Universe universe = new Universe(paths);
            return judge(
                    layouts.stream().collect(Collectors.toMap(layout -> layout, layout -> universe)),
                    IntStream.range(0, layouts.size())
                            .boxed()
                            .collect(Collectors.toMap(
                                    layouts::get, number -> Map.of(RaceWorker.history(history, number), true))),
                    counts);
        }
    }

    // ---- what both have in common
    // -------------------------------------------------------------------------------------

    private void raiseLimits() {
        try (Bumba bumba = Bumba.connect(config(BumbaConfig.DEFAULT_WORKSPACE))) {
            WorkspaceSettings now = bumba.settings();
            bumba.writeSettings(new WorkspaceSettings(
                    now.caseInsensitive(),
                    10_000,
                    now.fileLockTimeoutMillis(),
                    now.ageingMillis(),
                    now.territoryTimeoutMillis(),
                    now.departments()));
        }
    }

    private BumbaConfig config(String workspace) {
        return BumbaConfig.builder(servers)
                .root(root)
                .workspace(workspace)
                .sessionTimeout(SESSION)
                .connectTimeout(Duration.ofSeconds(30))
                .build();
    }

    private Jvm start(Class<?> main, String name, Path history, long seed, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                servers, root, Long.toString(SESSION.toMillis()), history.toString(), Long.toString(seed), name));
        arguments.addAll(List.of(more));
        String classpath = Jvm.classpath();
        return Jvm.start(
                main,
                arguments,
                Jvm.Options.defaults()
                        .withHeap("128m")
                        .withOutput(directory.resolve(name + ".log"))
                        .withJvmOption("-ea")
                        .withClasspath(mutant == null ? classpath : mutant + File.pathSeparator + classpath));
    }

    private static void awaitReady(Jvm process) {
        String ignored = process.awaitLine("ready", START);
    }

    private Map<String, Integer> awaitDone(List<Jvm> processes) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Jvm process : processes) {
            String line;
            try {
                line = process.awaitLine(
                        "done or stuck", said -> said.matches("(done|stuck).*"), Duration.ofMinutes(5));
            } catch (IllegalStateException silent) {
                line = "stuck: " + silent.getMessage();
            }
            process.lines().stream()
                    .filter(said -> said.startsWith("failed "))
                    .forEach(said -> findings.add(new Finding(Rule.UNANSWERED, said)));
            if (line.startsWith("stuck")) {
                findings.add(new Finding(Rule.STUCK, line));
            } else if (line.startsWith("done ")) {
                for (String each : line.substring("done ".length()).split(", ", -1)) {
                    int equals = each.lastIndexOf('=');
                    counts.merge(each.substring(0, equals), Integer.parseInt(each.substring(equals + 1)), Integer::sum);
                }
            }
        }
        return counts;
    }

    private void findNothingLeft(Layout layout, PathPatterns everything) {
        log.accept("all is answered; nothing may be left");
        ZooKeeper zooKeeper = Sessions.connect(servers, Duration.ofSeconds(10));
        try {
            findEmpty("of those who gave everything back", () -> ZkTree.ephemerals(zooKeeper, layout.home()));
            try (Bumba bumba = Bumba.connect(config(layout.workspace()));
                    Agent agent = bumba.register(AgentSpec.of("Crowd", "heir"))) {
                heirs.add(new Asked(
                        HEIRS,
                        agent.id().value(),
                        TerritoryType.EXCLUSIVE.name(),
                        Claimant.texts(everything),
                        false,
                        true,
                        0));
                AllocateResult result = bumba.territories(agent)
                        .allocate(TerritoryRequest.of(HEIRS, everything).waitUpTo(SETTLE));
                result.grant()
                        .ifPresentOrElse(
                                TerritoryGrant::close,
                                () -> findings.add(new Finding(Rule.NOT_FREE, result.message())));
            }
            findEmpty("after an heir was given everything", () -> ZkTree.dump(zooKeeper, layout.territories()).stream()
                    .filter(path -> !path.startsWith(layout.territories() + " "))
                    .filter(path -> !path.equals(layout.territories()))
                    .toList());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking for what is left", e);
        } finally {
            Sessions.close(zooKeeper);
        }
    }

    private void findEmpty(String what, Supplier<List<String>> look) {
        long deadline = System.nanoTime() + SETTLE.toNanos();
        List<String> left = look.get();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            pause(Duration.ofMillis(LOOK_MILLIS));
            left = look.get();
        }
        left.forEach(each -> findings.add(new Finding(Rule.LEFT_OVER, what + ": " + each)));
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in the middle of a campaign", e);
        }
    }

    private TerritoryVerdict judge(
            Map<Layout, Universe> worlds, Map<Layout, Map<Path, Boolean>> histories, Map<String, Integer> counts) {
        List<Change> changes = TransactionLogs.read(logs, root, TerritoryReplay::needs);
        int activations = 0;
        long contenders = 0;
        Map<String, Long> answers = new TreeMap<>();
        for (Map.Entry<Layout, Universe> world : worlds.entrySet()) {
            TerritoryReplay truth = TerritoryReplay.of(changes, world.getKey().home(), world.getValue());
            findings.addAll(truth.findings());
            activations += truth.activations();
            contenders += truth.contenders();
            Map<Path, Boolean> mine = histories.getOrDefault(world.getKey(), Map.of());
            List<Asked> all = new ArrayList<>(heirs);
            mine.forEach((path, alive) -> {
                Collection<Asked> requests = TerritoryHistory.read(path);
                findings.addAll(TerritoryJudge.answers(requests, truth, world.getValue(), alive));
                requests.forEach(asked -> answers.merge(
                        (asked.resizes() ? "resize " : "") + (asked.outcome().isEmpty() ? "(none)" : asked.outcome()),
                        1L,
                        Long::sum));
                all.addAll(requests);
            });
            findings.addAll(TerritoryJudge.patterns(all, truth));
        }
        return new TerritoryVerdict(findings, answers, counts, activations, contenders);
    }
}
