package io.bumba.chaos;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.testkit.LockHistory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A worker's process: one connection, its agents, a thread each. Says {@code ready}, then obeys its standard input:
 *
 * <pre>
 * go      the agents begin
 * stop    no agent begins another step; "drained …" when all have ended, "stuck …" when one has not
 * close   all agents end; "closed", or "stuck …" when one cannot
 * exit    the connection is closed; "left " and the {@link Usage} beyond that before it was opened
 * </pre>
 *
 * The arguments: servers, root, session timeout in milliseconds, history file, seed, name, workload, and for a steady
 * worker the counter's file.
 */
final class LockWorker {
    /** Longer than this an answer is not waited for, by anybody. */
    static final Duration OPERATION = Duration.ofSeconds(2);

    /** How long the agents may take to end: a wait, a release, an operation that is not answered. */
    private static final Duration STOP = Duration.ofSeconds(25);

    private final Bumba bumba;
    private final Errands errands;
    private final List<Actor> actors = new ArrayList<>();
    private final PrintStream out;

    private LockWorker(Bumba bumba, Errands errands, PrintStream out) {
        this.bumba = bumba;
        this.errands = errands;
        this.out = out;
    }

    public static void main(String[] args) {
        BumbaConfig config = BumbaConfig.builder(args[0])
                .root(args[1])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(args[2])))
                .operationTimeout(OPERATION)
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (LockHistory.Writer history = LockHistory.writeTo(Path.of(args[3]));
                Errands errands = new Errands()) {
            // What a first connection leaves for good, such as loaded classes, is no leak.
            Bumba.connect(config).close();
            Usage before = Usage.settled(Usage.NOTHING, Duration.ZERO);
            try (Bumba bumba = Bumba.connect(config)) {
                LockWorker worker = new LockWorker(bumba, errands, System.out);
                worker.hire(history, args);
                System.out.println("ready");
                worker.obey(orders);
            }
            System.out.println(
                    "left " + Usage.settled(before, Duration.ofSeconds(5)).minus(before));
        } catch (IOException e) {
            throw new UncheckedIOException("no orders", e);
        }
    }

    private void hire(LockHistory.Writer history, String[] args) {
        long seed = Long.parseLong(args[4]);
        Workload workload = Workload.parse(args[6]);
        for (int i = 0; i < workload.agents(); i++) {
            Staff staff = new Staff(bumba, args[5] + "." + i, out);
            Steps steps = new Steps(staff, history, errands, workload, Seeds.of(seed, args[5] + " agent " + i));
            actors.add(new Actor("agent " + i, steps));
        }
        if (args.length > 7) {
            Tally tally = new Tally(new Staff(bumba, args[5] + ".tally", out), history, Path.of(args[7]));
            actors.add(new Actor("tally", tally));
        }
    }

    private void obey(BufferedReader orders) throws IOException {
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            switch (order) {
                case "go" -> actors.forEach(Actor::start);
                case "stop" -> stop();
                case "close" -> close();
                case "exit" -> {
                    return;
                }
                default -> throw new IllegalArgumentException(order);
            }
        }
    }

    private void close() {
        try {
            actors.forEach(Actor::dismiss);
            out.println("closed");
        } catch (BumbaException e) {
            out.println("stuck " + e);
        }
    }

    private void stop() {
        actors.forEach(Actor::askToStop);
        long deadline = System.nanoTime() + STOP.toNanos();
        List<String> stuck = actors.stream()
                .filter(actor -> !actor.awaitEnd(deadline))
                .map(Actor::whereItStands)
                .toList();
        boolean idle = errands.awaitIdle(deadline);
        if (stuck.isEmpty() && idle) {
            out.println("drained " + actors.stream().map(Actor::told).reduce(Told.NOTHING, Told::plus));
        } else {
            out.println("stuck " + stuck + (idle ? "" : ", a release by another thread did not end"));
        }
    }
}
