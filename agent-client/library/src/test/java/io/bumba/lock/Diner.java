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
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** What {@link DeadlockTest} runs in JVMs of their own: agents that take files in orders that close circles. */
final class Diner {
    private static final LockOptions PATIENT = LockOptions.waitUpTo(Duration.ofSeconds(90));

    /** Few enough for circles, enough that most rounds meet nobody. */
    private static final int FILES = 36;

    private Diner() {}

    public static void main(String[] args) throws Exception {
        BumbaConfig config = BumbaConfig.builder(args[1])
                .root(args[2])
                .sessionTimeout(Duration.ofSeconds(20))
                .build();
        try (Bumba bumba = Bumba.connect(config)) {
            if (args[0].equals("dine")) {
                dine(bumba, RepoPath.of(args[3]), RepoPath.of(args[4]));
            } else {
                wander(bumba, Path.of(args[3]), Integer.parseInt(args[4]), Long.parseLong(args[5]));
            }
        }
    }

    /** Takes one file, says so, and when told to go on another. */
    private static void dine(Bumba bumba, RepoPath first, RepoPath second) throws InterruptedException, IOException {
        Agent agent = bumba.register(AgentSpec.of("Diner", "D"));
        FileLocks locks = bumba.locks(agent);
        LockGrant held = locks.acquire(first, PATIENT).orElseThrow();
        System.out.println("holding " + agent.id());
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        input.readLine();
        LockResult result = locks.acquire(second, PATIENT);
        if (result instanceof LockResult.Deadlock deadlock) {
            System.out.println("deadlock "
                    + deadlock.cycle().stream()
                            .map(link -> link.agent() + ">" + link.path() + ">" + link.blocker())
                            .collect(Collectors.joining(" ")));
        } else {
            result.orElseThrow().close();
            System.out.println("granted");
        }
        input.readLine();
        held.close();
        System.out.println("done");
    }

    /** Several agents take a few files in any order, and give up all of them when that closes a circle. */
    private static void wander(Bumba bumba, Path history, int rounds, long seed)
            throws InterruptedException, ExecutionException {
        int agents = 6;
        AtomicInteger deadlocks = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(agents);
        try (LockHistory.Writer writer = LockHistory.writeTo(history)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < agents; i++) {
                Agent agent = bumba.register(AgentSpec.of("Wanderer", "W" + i));
                Random random = new Random(seed * 1_000 + i);
                tasks.add(() -> {
                    for (int round = 0; round < rounds / agents; round++) {
                        while (!takeSome(bumba.locks(agent), agent.id().value(), writer, random)) {
                            deadlocks.incrementAndGet();
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> each : threads.invokeAll(tasks)) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
        System.out.println("deadlocks " + deadlocks);
    }

    /** Whether all were had; otherwise none is held. */
    private static boolean takeSome(FileLocks locks, String agent, LockHistory.Writer writer, Random random)
            throws InterruptedException {
        List<Integer> files = random.ints(0, FILES)
                .distinct()
                .limit(2 + random.nextInt(3))
                .boxed()
                .toList();
        List<LockGrant> held = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        boolean all = true;
        for (int file : files) {
            boolean shared = random.nextInt(4) == 0;
            LockResult result = locks.acquire(RepoPath.of("f" + file), shared ? PATIENT.shared() : PATIENT);
            if (result instanceof LockResult.Deadlock) {
                all = false;
                break;
            }
            LockGrant grant = result.orElseThrow();
            held.add(grant);
            numbers.add(writer.grant(
                    agent, grant.path().value(), grant.mode(), grant.token().zxid()));
        }
        for (int i = held.size() - 1; i >= 0; i--) {
            writer.release(numbers.get(i));
            held.get(i).close();
        }
        return all;
    }
}
