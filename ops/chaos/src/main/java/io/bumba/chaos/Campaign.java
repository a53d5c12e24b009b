package io.bumba.chaos;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.chaos.Finding.Rule;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.path.RepoPath;
import io.bumba.testkit.LockHistory;
import io.bumba.testkit.Sessions;
import io.bumba.testkit.Watches;
import io.bumba.testkit.ZkEnsemble;
import io.bumba.testkit.ZkTree;
import io.bumba.zk.Layout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * One run of a plan on a running ensemble, below a root of its own:
 *
 * <pre>
 * the workers begin -> the nemesis strikes for the planned time -> everything heals -> no agent begins another step
 * -> all requests must have ended, and nothing may stand in any line or queue, <em>while the sessions still live</em>
 * -> the agents end: nothing ephemeral, no watch but the connections' own -> every file can be locked
 * -> the connections are closed: no threads, no files -> the histories and the servers' logs are judged
 * </pre>
 */
final class Campaign {
    /** What a request may take beyond its patience: an operation without an answer, and a slow machine. */
    private static final Duration GRACE = LockWorker.OPERATION.plusSeconds(6);

    private static final Duration ORDER = Duration.ofSeconds(40);
    private static final long LOOK_MILLIS = 50;

    private final Plan plan;
    private final ZkEnsemble ensemble;
    private final List<Path> logs;
    private final Layout layout;
    private final Path directory;
    private final @Nullable Path mutant;
    private final Consumer<String> log;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * @param logs the data directories of the servers
     * @param root where nobody else is
     * @param directory for what the workers write
     * @param mutant a directory of classes that come before the real ones; null for none
     * @param log told what goes on
     */
    Campaign(
            Plan plan,
            ZkEnsemble ensemble,
            List<Path> logs,
            String root,
            Path directory,
            @Nullable Path mutant,
            Consumer<String> log) {
        this.plan = plan;
        this.ensemble = ensemble;
        this.logs = List.copyOf(logs);
        this.layout = new Layout(root, BumbaConfig.DEFAULT_WORKSPACE);
        this.directory = directory;
        this.mutant = mutant;
        this.log = log;
    }

    Verdict run() {
        try (Fleet fleet = new Fleet(plan, ensemble, layout.root(), directory, mutant)) {
            fleet.start();
            Map<Kind, Integer> struck;
            List<Break> breaks;
            try (Operator operator = new Operator(ensemble.connectString(), layout)) {
                struck = strike(fleet, operator);
                breaks = operator.breaks();
            }
            log.accept("healed; every request is to end");
            Told told = drain(fleet);
            wrapUp(fleet);
            count(fleet, told);
            return judge(fleet, breaks, struck, told);
        }
    }

    private Map<Kind, Integer> strike(Fleet fleet, Operator operator) {
        Nemesis nemesis = new Nemesis(
                Schedule.of(plan), ensemble, fleet, operator, plan.workload().files(), log);
        log.accept("the workers begin");
        fleet.go();
        nemesis.start();
        pause(plan.duration());
        nemesis.stop();
        return nemesis.struck();
    }

    // ---- the end of a campaign
    // --------------------------------------------------------------------------------------

    private Told drain(Fleet fleet) {
        fleet.present().forEach(worker -> worker.jvm().send("stop"));
        Told told = Told.NOTHING;
        for (Worker worker : fleet.present()) {
            String line = answer(worker, "drained", "stuck");
            if (line.startsWith("drained ")) {
                told = told.plus(Told.parse(line.substring("drained ".length())));
            } else {
                findings.add(new Finding(Rule.STUCK, worker.name() + ": " + line));
            }
        }
        return told;
    }

    private void wrapUp(Fleet fleet) {
        ZooKeeper zooKeeper = Sessions.connect(ensemble.connectString(), Duration.ofSeconds(10));
        try {
            // Before any session or agent ends: that would sweep away what was forgotten.
            findEmpty("in a line or a queue", () -> ZkTree.ephemerals(zooKeeper, layout.home()));
            if (!findings.isEmpty()) {
                return;
            }
            dismiss(fleet);
            findEmpty("of agents that ended", () -> ZkTree.ephemerals(zooKeeper, layout.root()));
            // Each connection watches one node for as long as it is open.
            int connections = fleet.present().size();
            findEmpty("watches beyond one a connection", () -> Stream.of(watches())
                    .filter(number -> number > connections)
                    .map(number -> number + " watches of " + connections + " connections")
                    .toList());
            lockEverything();
            fleet.present().forEach(worker -> worker.jvm().send("exit"));
            for (Worker worker : fleet.present()) {
                String left = answer(worker, "left");
                if (!left.equals("left " + Usage.NOTHING)) {
                    findings.add(new Finding(Rule.LEFT_OVER, worker.name() + " " + left + " after it closed"));
                }
            }
        } finally {
            Sessions.close(zooKeeper);
        }
    }

    private long watches() {
        return ensemble.members().stream().mapToLong(Watches::count).sum();
    }

    /** Everybody has let go, so a newcomer is granted every file at once. */
    private void lockEverything() {
        BumbaConfig config = BumbaConfig.builder(ensemble.connectString())
                .root(layout.root())
                .sessionTimeout(plan.sessionTimeout())
                .build();
        try (Bumba bumba = Bumba.connect(config);
                Agent agent = bumba.register(AgentSpec.of("Chaos", "heir"))) {
            for (int i = 0; i < plan.workload().files(); i++) {
                RepoPath path = Steps.path(i);
                LockResult result = bumba.locks(agent).acquire(path, LockOptions.tryNow());
                result.grant()
                        .ifPresentOrElse(
                                LockGrant::close, () -> findings.add(new Finding(Rule.NOT_FREE, result.message())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while locking every file", e);
        }
    }

    private void dismiss(Fleet fleet) {
        fleet.present().forEach(worker -> worker.jvm().send("close"));
        for (Worker worker : fleet.present()) {
            String line = answer(worker, "closed", "stuck");
            if (line.startsWith("stuck")) {
                findings.add(new Finding(Rule.STUCK, worker.name() + ": " + line));
            }
        }
    }

    private static String answer(Worker worker, String... words) {
        try {
            return worker.jvm()
                    .awaitLine(
                            String.join(" or ", words), line -> Stream.of(words).anyMatch(line::startsWith), ORDER);
        } catch (IllegalStateException silent) {
            return "stuck: " + silent.getMessage();
        }
    }

    private void findEmpty(String what, Supplier<List<String>> look) {
        long deadline = System.nanoTime() + plan.settle().toNanos();
        List<String> left = look.get();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            pause(Duration.ofMillis(LOOK_MILLIS));
            left = look.get();
        }
        left.forEach(each -> findings.add(new Finding(Rule.LEFT_OVER, what + ": " + each)));
    }

    private void count(Fleet fleet, Told told) {
        if (plan.steady() > 0) {
            long reached = Long.parseLong(fleet.counted());
            if (reached < told.counted() || reached > told.counted() + told.slow()) {
                findings.add(new Finding(
                        Rule.COUNTER,
                        "the counter is at " + reached + " after " + told.counted() + " increments and " + told.slow()
                                + " slow ones"));
            }
        }
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in the middle of a campaign", e);
        }
    }

    // ---- the judgement
    // ----------------------------------------------------------------------------------------------

    private Verdict judge(Fleet fleet, List<Break> breaks, Map<Kind, Integer> struck, Told told) {
        LockHistory history = LockHistory.read(fleet.histories());
        Replay truth = Replay.of(TransactionLogs.read(logs, layout.root()), layout.locks());
        Duration longest = fleet.histories().stream()
                .map(fleet::paused)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        findings.addAll(Judge.holds(history, breaks));
        findings.addAll(Judge.told(history, breaks, truth, longest));
        findings.addAll(Judge.grants(history, truth));
        findings.addAll(truth.findings());
        findings.addAll(Judge.newcomers(history, truth));
        Set<Path> alive = fleet.present().stream().map(Worker::history).collect(Collectors.toSet());
        for (Path file : fleet.histories()) {
            findings.addAll(Judge.answers(history.requests(file), !alive.contains(file), GRACE, fleet.paused(file)));
        }
        Map<String, Long> answers = history.requests().stream()
                .collect(Collectors.groupingBy(
                        request -> request.outcome().isEmpty() ? "(none)" : request.outcome(), Collectors.counting()));
        return new Verdict(findings, answers, history.ops().size(), truth.steps(), told.counted(), struck);
    }

    /** The data directories of an ensemble that was started in a directory. */
    static List<Path> logs(Path ensemble) {
        return IntStream.rangeClosed(1, 3)
                .mapToObj(id -> ensemble.resolve("server-" + id).resolve("data"))
                .toList();
    }
}
