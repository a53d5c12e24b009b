package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.file.Tree;
import io.bumba.zk.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One performance of the demo, from the first agent's start to the verdict. Used once, by one thread. */
final class DemoRun {
    /** Short, so that nobody waits long for a dead agent's lock. */
    static final Duration SESSION = Duration.ofSeconds(4);

    private static final Duration START = Duration.ofSeconds(90);

    private final DemoStage stage;
    private final DemoProcesses processes;
    private final int count;
    private final Duration duration;
    private final boolean noLocks;
    private final List<DemoAgent> agents = new ArrayList<>();
    private Duration session = SESSION;

    DemoRun(DemoStage stage, DemoProcesses processes, int count, int seconds, boolean noLocks) {
        this.stage = stage;
        this.processes = processes;
        this.count = count;
        this.duration = Duration.ofSeconds(seconds);
        this.noLocks = noLocks;
    }

    /** Whether everything that had to be proven was. */
    boolean run() throws IOException, InterruptedException {
        try (Bumba bumba = Bumba.connect(config());
                Agent director = bumba.register(AgentSpec.of("Tester", "Demo"))) {
            Tree.init(stage.tree(), "demo", bumba.clusterId());
            System.out.println("starting " + count + " agents");
            startAgents();
            System.out.printf(
                    "%d agents, each its own process, edit the same %d files %s%n",
                    count, stage.before().size(), noLocks ? "WITHOUT locks" : "under locks");
            for (DemoAgent agent : agents) {
                agent.order("go");
            }
            DemoAccidents accidents = new DemoAccidents(
                    agents.get(count - 2),
                    agents.get(count - 1),
                    List.copyOf(stage.before().keySet()),
                    stage,
                    director);
            Optional<DemoAccidents.Outcome> outcome = perform(accidents, bumba);
            stopAgents();
            return new DemoReport(stage, ledgers(), outcome, limit()).print();
        }
    }

    private BumbaConfig config() {
        BumbaConfig.Builder config = BumbaConfig.builder(servers()).workspace("demo");
        key().ifPresent(file -> config.fleetKey(Secret.fromFile(file)));
        return config.build();
    }

    private String servers() {
        return Optional.ofNullable(stage.coordinator().zookeeper())
                .orElseThrow(() -> new IllegalStateException("the coordinator names no ZooKeeper"));
    }

    private Optional<Path> key() {
        @Nullable String file = stage.coordinator().fleetKeyFile();
        return Optional.ofNullable(file).map(stage.data()::resolve);
    }

    /** The longest that a dead agent's lock may last: its session, as the server granted it, and two ticks. */
    private Duration limit() {
        return session.plus(DemoStage.TICK.multipliedBy(2));
    }

    private void startAgents() throws IOException, InterruptedException {
        for (int number = 1; number <= count; number++) {
            agents.add(DemoAgent.start(number, command(number), log(number), processes));
        }
        for (DemoAgent agent : agents) {
            String granted = agent.await(START, "ready ").substring("ready ".length());
            session = Duration.ofMillis(Long.parseLong(granted));
        }
    }

    private List<String> command(int number) {
        List<String> command = new ArrayList<>(DemoStage.cli());
        command.addAll(List.of("demo-agent", "--number", Integer.toString(number)));
        command.addAll(List.of(
                "--tree", stage.tree().toString(), "--ledger", ledger(number).toString()));
        command.addAll(List.of("--servers", servers(), "--in-workspace", "demo"));
        command.addAll(List.of("--session", SESSION.toMillis() + "ms"));
        key().ifPresent(file -> command.addAll(List.of("--key", file.toString())));
        stage.before().keySet().forEach(file -> command.addAll(List.of("--file", file)));
        if (noLocks) {
            command.add("--no-locks");
        }
        return command;
    }

    private Path ledger(int number) {
        return stage.scratch().resolve("ledger-" + number);
    }

    private Path log(int number) {
        return stage.scratch().resolve("agent-" + number + ".log");
    }

    /** Lets them work for the time given, and at least until the accidents are over, showing how far they are. */
    private Optional<DemoAccidents.Outcome> perform(DemoAccidents accidents, Bumba bumba) throws InterruptedException {
        DemoProgress progress = new DemoProgress(agents, System.nanoTime());
        // The accidents need only begin after everybody has done something.
        CompletableFuture<Optional<DemoAccidents.Outcome>> happening =
                CompletableFuture.supplyAsync(() -> accidents.happen(bumba, noLocks), task -> {
                    Thread thread = new Thread(task, "demo-accidents");
                    thread.setDaemon(true);
                    thread.start();
                });
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() - end < 0 || !happening.isDone()) {
            TimeUnit.MILLISECONDS.sleep(250);
            progress.show();
            if (happening.isCompletedExceptionally()) {
                break;
            }
        }
        progress.finish();
        try {
            return happening.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void stopAgents() throws InterruptedException {
        for (DemoAgent agent : agents) {
            try {
                agent.order("stop");
            } catch (IOException e) {
                // The one that was killed: its pipe is closed.
            }
        }
        for (DemoAgent agent : agents) {
            if (!agent.waitFor(Duration.ofSeconds(30))) {
                throw new CliException(
                        ExitCode.PROBLEM, "agent " + agent.number() + " did not stop; see " + log(agent.number()));
            }
        }
    }

    private Collection<DemoLedger.Entry> ledgers() throws IOException {
        List<DemoLedger.Entry> all = new ArrayList<>();
        for (int number = 0; number <= count; number++) {
            all.addAll(DemoLedger.read(ledger(number)));
        }
        return all;
    }
}
