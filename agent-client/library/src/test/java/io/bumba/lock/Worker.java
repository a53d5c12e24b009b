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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What {@link LockProcessesTest} runs in JVMs of their own. */
final class Worker {
    private static final List<Priority> PRIORITIES = List.of(Priority.values());

    private final Bumba bumba;

    private Worker(Bumba bumba) {
        this.bumba = bumba;
    }

    public static void main(String[] args) throws Exception {
        BumbaConfig config = BumbaConfig.builder(args[1])
                .root(args[2])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(args[3])))
                .build();
        try (Bumba bumba = Bumba.connect(config)) {
            Worker worker = new Worker(bumba);
            switch (args[0]) {
                case "count" -> worker.count(Path.of(args[4]), Integer.parseInt(args[5]));
                case "roam" -> worker.roam(Path.of(args[4]), Integer.parseInt(args[5]), Long.parseLong(args[6]));
                case "hold" -> worker.hold(RepoPath.of(args[4]));
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    /** Raises the number in the file under its lock, without any atomicity of its own. */
    private void count(Path counter, int times) throws InterruptedException, IOException {
        FileLocks locks = locks("Counter");
        for (int i = 0; i < times; i++) {
            try (LockGrant grant = locks.acquire(RepoPath.of("counter"), LockOptions.waitUpTo(Duration.ofSeconds(100)))
                    .orElseThrow()) {
                Files.writeString(counter, Integer.toString(Integer.parseInt(Files.readString(counter)) + 1));
            }
        }
        System.out.println("counted " + times);
    }

    /** Several agents try and wait for random files in both modes, and write down what they held. */
    private void roam(Path history, int attempts, long seed) throws InterruptedException, ExecutionException {
        int agents = 5;
        ExecutorService threads = Executors.newFixedThreadPool(agents);
        try (LockHistory.Writer writer = LockHistory.writeTo(history)) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < agents; i++) {
                Agent agent = bumba.register(AgentSpec.of("Roamer", "R" + i));
                Random random = new Random(seed * 1_000 + i);
                tasks.add(() -> roam(agent, writer, attempts / agents, random));
            }
            int granted = 0;
            for (Future<Integer> each : threads.invokeAll(tasks)) {
                granted += each.get();
            }
            System.out.println("granted " + granted);
        } finally {
            threads.shutdown();
        }
    }

    private int roam(Agent agent, LockHistory.Writer writer, int attempts, Random random) throws InterruptedException {
        FileLocks locks = bumba.locks(agent);
        int granted = 0;
        for (int i = 0; i < attempts; i++) {
            RepoPath path = RepoPath.of("dir" + random.nextInt(3) + "/file" + random.nextInt(100));
            LockOptions options = random.nextInt(3) == 0
                    ? LockOptions.tryNow()
                    : LockOptions.waitUpTo(Duration.ofMillis(1 + random.nextInt(2_000)));
            options = options.withPriority(PRIORITIES.get(random.nextInt(PRIORITIES.size())));
            LockResult result = locks.acquire(path, random.nextInt(3) == 0 ? options.shared() : options);
            if (result instanceof LockResult.Granted ok) {
                LockGrant grant = ok.held();
                long number = writer.grant(
                        agent.id().value(),
                        path.value(),
                        grant.mode(),
                        grant.token().zxid());
                granted++;
                writer.release(number);
                grant.close();
            }
        }
        return granted;
    }

    /** Holds a file, and answers {@code valid?} on standard input. */
    private void hold(RepoPath path) throws InterruptedException, IOException {
        LockGrant grant = locks("Holder")
                .acquire(path, LockOptions.waitUpTo(Duration.ofSeconds(30)))
                .orElseThrow();
        grant.onLost(Runnable::run, () -> System.out.println("told of the loss"));
        System.out.println("holding " + grant.token());
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (input.readLine() != null) {
            System.out.println("valid " + grant.isValid());
        }
    }

    private FileLocks locks(String name) {
        return bumba.locks(bumba.register(AgentSpec.of("Worker", name)));
    }
}
