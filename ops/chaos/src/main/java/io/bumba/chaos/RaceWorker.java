package io.bumba.chaos;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A process that holds races: two connections, and so two copies of the ledger, in each of some workspaces, and many races
 * at once. Says {@code ready}; {@code go} begins; then "done" with how often there was which answer, or "stuck".
 * {@code exit} ends it.
 *
 * <p>The arguments: servers, root, session timeout in milliseconds, what the history files are named after, seed, name, how many workspaces, how many
 * races in each, how many of them at once, and the kinds of races that there are.
 */
final class RaceWorker {
    private static final long LONGEST_SECONDS = 90;

    private final Map<String, Integer> counts = Collections.synchronizedMap(new TreeMap<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final long seed;
    private final List<RaceKind> kinds;

    private RaceWorker(long seed, List<RaceKind> kinds) {
        this.seed = seed;
        this.kinds = kinds;
    }

    static String workspace(String name, int number) {
        return name + "-" + number;
    }

    /** The history of one workspace. */
    static Path history(Path name, int number) {
        return Path.of(name + "." + number);
    }

    public static void main(String[] args) {
        List<RaceKind> kinds =
                List.of(args[9].split(",", -1)).stream().map(RaceKind::valueOf).toList();
        RaceWorker worker = new RaceWorker(Long.parseLong(args[4]), kinds);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<Bumba> connections = new ArrayList<>();
        List<TerritoryHistory.Writer> histories = new ArrayList<>();
        try (Marks marks = new Marks(args[0])) {
            List<Arena> arenas = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(args[6]); i++) {
                TerritoryHistory.Writer history = new TerritoryHistory.Writer(history(Path.of(args[3]), i));
                histories.add(history);
                List<Contest.Side> sides = new ArrayList<>();
                for (String side : List.of("left", "right")) {
                    Bumba bumba = Bumba.connect(BumbaConfig.builder(args[0])
                            .root(args[1])
                            .workspace(workspace(args[5], i))
                            .sessionTimeout(Duration.ofMillis(Long.parseLong(args[2])))
                            .operationTimeout(Duration.ofSeconds(30))
                            .connectTimeout(Duration.ofSeconds(30))
                            .build());
                    connections.add(bumba);
                    Agent agent = bumba.register(AgentSpec.of("Race", side));
                    sides.add(new Contest.Side(
                            new Claimant(agent.id().value(), bumba.territories(agent), marks, history),
                            bumba.locks(agent)));
                }
                arenas.add(worker.new Arena(i, sides.get(0), sides.get(1), Integer.parseInt(args[7])));
            }
            System.out.println("ready");
            for (String order = orders.readLine(); order != null && !order.equals("exit"); order = orders.readLine()) {
                worker.hold(arenas, Integer.parseInt(args[8]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no orders", e);
        } finally {
            connections.forEach(Bumba::close);
            histories.forEach(TerritoryHistory.Writer::close);
        }
    }

    private void hold(List<Arena> arenas, int atOnce) {
        CompletableFuture<?>[] all = arenas.stream()
                .flatMap(arena -> IntStream.range(0, atOnce).mapToObj(lane -> arena.next()))
                .toArray(CompletableFuture[]::new);
        CompletableFuture<Void> unused = CompletableFuture.allOf(all).whenComplete((done, failure) -> {
            failures.forEach(each -> System.out.println("failed " + each));
            System.out.println("done "
                    + counts.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .collect(Collectors.joining(", ")));
        });
    }

    /** One workspace. */
    private final class Arena {
        private final int workspace;
        private final Contest.Side left;
        private final Contest.Side right;
        private final int races;
        private final AtomicInteger begun = new AtomicInteger();

        Arena(int workspace, Contest.Side left, Contest.Side right, int races) {
            this.workspace = workspace;
            this.left = left;
            this.right = right;
            this.races = races;
        }

        /** One race after the other, until all are begun. */
        CompletableFuture<Void> next() {
            int number = begun.getAndIncrement();
            if (number >= races) {
                return CompletableFuture.completedFuture(null);
            }
            var random = Seeds.of(seed, workspace + " race " + number);
            RaceKind kind = kinds.size() == RaceKind.values().length
                    ? RaceKind.draw(random)
                    : kinds.get(random.nextInt(kinds.size()));
            return new Contest(kind, number, left, right, random, what -> counts.merge(what, 1, Integer::sum))
                    .run()
                    .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                    .handle((done, failure) -> {
                        if (failure != null) {
                            failures.add(kind + " " + number + ": " + failure);
                        }
                        return failure;
                    })
                    .thenComposeAsync(done -> next());
        }
    }
}
