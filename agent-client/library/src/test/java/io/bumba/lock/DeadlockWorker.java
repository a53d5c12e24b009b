package io.bumba.lock;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.path.RepoPath;
import io.bumba.testkit.LockHistory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** What {@link DeadlockTest} and {@link LockOrdersTest} run in JVMs of their own. */
final class DeadlockWorker {
    static final int FILES = 36;

    private static final LockOptions PATIENT = LockOptions.waitUpTo(Duration.ofSeconds(100));

    private final Bumba bumba;

    private DeadlockWorker(Bumba bumba) {
        this.bumba = bumba;
    }

    public static void main(String[] args) throws Exception {
        BumbaConfig config = BumbaConfig.builder(args[1])
                .root(args[2])
                .sessionTimeout(Duration.ofSeconds(20))
                .build();
        try (Bumba bumba = Bumba.connect(config)) {
            DeadlockWorker worker = new DeadlockWorker(bumba);
            switch (args[0]) {
                case "obey" -> worker.obey();
                case "mix" ->
                    worker.mix(
                            Path.of(args[3]),
                            Integer.parseInt(args[4]),
                            Integer.parseInt(args[5]),
                            Long.parseLong(args[6]));
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    /**
     * One agent that does what standard input says, one command a line: {@code hold} a file at once, {@code wait} for one
     * without a thread, {@code release} everything. Each line of output says what came of which command.
     */
    private void obey() throws InterruptedException, IOException {
        Agent agent = bumba.register(AgentSpec.of("Worker", "Obedient"));
        FileLocks locks = bumba.locks(agent);
        List<LockGrant> held = Collections.synchronizedList(new ArrayList<>());
        System.out.println("agent " + agent.id().value());
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] command = line.split(" ", 2);
            switch (command[0]) {
                case "hold" -> {
                    held.add(locks.acquire(RepoPath.of(command[1]), LockOptions.tryNow())
                            .orElseThrow());
                    System.out.println("holds " + command[1]);
                }
                case "wait" -> {
                    var unused = locks.acquireAsync(RepoPath.of(command[1]), PATIENT)
                            .thenAccept(result -> {
                                result.grant().ifPresent(held::add);
                                System.out.println(describe(result));
                            });
                }
                case "release" -> {
                    List.copyOf(held).forEach(LockGrant::close);
                    held.clear();
                    System.out.println("released " + command[1]);
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    /** {@code granted path}, or {@code deadlock path agent>file>blocker ...}. */
    private static String describe(LockResult result) {
        if (result instanceof LockResult.Deadlock deadlock) {
            return "deadlock " + result.path() + " "
                    + deadlock.cycle().stream()
                            .map(link -> link.agent() + ">" + link.path() + ">" + link.blocker())
                            .collect(Collectors.joining(" "));
        }
        return (result instanceof LockResult.Granted ? "granted " : "other ") + result.path();
    }

    /** Agents take a few files each time, in random order, until each has had all of its files so many times. */
    private void mix(Path history, int agents, int rounds, long seed) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(agents);
        try (LockHistory.Writer writer = LockHistory.writeTo(history)) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < agents; i++) {
                Agent agent = bumba.register(AgentSpec.of("Mixer", "M" + i));
                Random random = new Random(seed * 1_000 + i);
                tasks.add(() -> mix(agent, writer, rounds, random));
            }
            int broken = 0;
            for (Future<Integer> each : threads.invokeAll(tasks)) {
                broken += each.get();
            }
            System.out.println("done " + agents * rounds + " broken " + broken);
        } finally {
            threads.shutdown();
        }
    }

    private record Held(LockGrant grant, long number) {}

    private int mix(Agent agent, LockHistory.Writer writer, int rounds, Random random) throws InterruptedException {
        FileLocks locks = bumba.locks(agent);
        int broken = 0;
        for (int done = 0; done < rounds; ) {
            List<Integer> files = new ArrayList<>();
            for (int i = 0; i < FILES; i++) {
                files.add(i);
            }
            Collections.shuffle(files, random);
            List<Held> held = new ArrayList<>();
            boolean all = true;
            for (int file : files.subList(0, 2 + random.nextInt(3))) {
                RepoPath path = RepoPath.of("mix/" + file);
                LockResult result = locks.acquire(path, PATIENT);
                if (result instanceof LockResult.Deadlock) {
                    broken++;
                    all = false;
                    break;
                }
                LockGrant grant = result.orElseThrow();
                held.add(new Held(
                        grant,
                        writer.grant(
                                agent.id().value(),
                                path.value(),
                                grant.mode(),
                                grant.token().zxid())));
            }
            for (Held each : held) {
                writer.release(each.number());
                each.grant().close();
            }
            if (all) {
                done++;
            }
        }
        return broken;
    }
}
