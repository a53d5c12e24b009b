package io.bumba.chaos;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.LockGrant;
import io.bumba.lock.LockOptions;
import io.bumba.lock.LockResult;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import io.bumba.territory.TerritoryType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process of a crowd: two connections, many agents, no thread for any of them. Says {@code ready}, then obeys its standard
 * input:
 *
 * <pre>
 * go      every agent asks at once for territories, one after the other, and some for locks; "done" when all is answered
 *         and given back
 * exit    the connections are closed
 * </pre>
 *
 * The arguments: servers, root, session timeout in milliseconds, history file, seed, name, agents, modules, and how many
 * requests each agent makes.
 */
final class CrowdWorker {
    private static final LockOptions NOW = LockOptions.tryNow();
    private static final int CONNECTIONS = 2;

    private final Marks marks;
    private final TerritoryHistory.Writer history;
    private final Modules modules;
    private final String name;
    private final int rounds;

    private CrowdWorker(Marks marks, TerritoryHistory.Writer history, Modules modules, String name, int rounds) {
        this.marks = marks;
        this.history = history;
        this.modules = modules;
        this.name = name;
        this.rounds = rounds;
    }

    public static void main(String[] args) {
        BumbaConfig config = BumbaConfig.builder(args[0])
                .root(args[1])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(args[2])))
                .operationTimeout(Duration.ofSeconds(30))
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<Bumba> connections = new ArrayList<>();
        try (Marks marks = new Marks(args[0]);
                TerritoryHistory.Writer history = new TerritoryHistory.Writer(Path.of(args[3]))) {
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(Bumba.connect(config));
            }
            CrowdWorker worker = new CrowdWorker(
                    marks, history, new Modules(Integer.parseInt(args[7])), args[5], Integer.parseInt(args[8]));
            worker.obey(orders, connections, Long.parseLong(args[4]), Integer.parseInt(args[6]));
        } catch (IOException e) {
            throw new UncheckedIOException("no orders", e);
        } finally {
            connections.forEach(Bumba::close);
        }
    }

    private void obey(BufferedReader orders, List<Bumba> connections, long seed, int count) throws IOException {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Bumba bumba = connections.get(i % connections.size());
            members.add(new Member(bumba, bumba.register(AgentSpec.of("Crowd", name)), i, Seeds.of(seed, name + i)));
        }
        System.out.println("ready");
        for (String order = orders.readLine(); order != null && !order.equals("exit"); order = orders.readLine()) {
            CompletableFuture<Void> all = CompletableFuture.allOf(
                    members.stream().map(member -> member.round(0)).toArray(CompletableFuture[]::new));
            CompletableFuture<Void> unused = all.whenComplete(
                    (done, failure) -> System.out.println(failure == null ? "done" : "stuck " + failure));
        }
    }

    /** One agent. */
    private final class Member {
        private final Bumba bumba;
        private final Agent agent;
        private final Claimant claimant;
        private final int number;
        private final SplittableRandom random;

        Member(Bumba bumba, Agent agent, int number, SplittableRandom random) {
            this.bumba = bumba;
            this.agent = agent;
            this.claimant = new Claimant(agent.id().value(), bumba.territories(agent), marks, history);
            this.number = number;
            this.random = random;
        }

        CompletableFuture<Void> round(int round) {
            if (round == rounds) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> one = random.nextInt(8) == 0 ? lock() : claim(round);
            return one.thenComposeAsync(done -> round(round + 1));
        }

        private CompletableFuture<Void> claim(int round) {
            int kind = random.nextInt(8);
            TerritoryRequest request = TerritoryRequest.of(name + " " + number + " " + round, modules.patterns(random))
                    .ofType(
                            kind == 0
                                    ? TerritoryType.SHARED
                                    : kind == 1 ? TerritoryType.MONITORED : TerritoryType.EXCLUSIVE)
                    .keptFor(random.nextInt(20) == 0 ? Duration.ofSeconds(1) : Duration.ZERO)
                    .waitUpTo(random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(500 + random.nextInt(2_500)));
            boolean resizes = random.nextInt(4) == 0;
            PathPatterns other = modules.patterns(random);
            Duration first = some(150);
            Duration second = some(60);
            return claimant.allocate(request)
                    .thenCompose(granted -> granted.isEmpty()
                            ? CompletableFuture.completedFuture(null)
                            : after(first)
                                    .thenCompose(later -> resizes
                                            ? claimant.resize(granted.get(), other)
                                                    .thenCompose(done -> after(second))
                                            : CompletableFuture.<Void>completedFuture(null))
                                    .thenCompose(later -> release(granted)));
        }

        private CompletableFuture<Void> lock() {
            RepoPath path = RepoPath.of(modules.file(random));
            LockOptions options = random.nextBoolean() ? NOW : LockOptions.waitUpTo(Duration.ofSeconds(1));
            Duration held = some(60);
            return bumba.locks(agent).acquireAsync(path, options).thenCompose(result -> keep(result, held));
        }

        private CompletableFuture<Void> keep(LockResult result, Duration time) {
            Optional<LockGrant> grant = result.grant();
            return grant.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : after(time)
                            .thenCompose(later -> grant.get().releaseAsync().toCompletableFuture())
                            .thenApply(released -> null);
        }

        private CompletableFuture<Void> release(Optional<TerritoryGrant> granted) {
            return granted.orElseThrow().releaseAsync().toCompletableFuture().thenApply(released -> null);
        }

        private Duration some(int atMost) {
            return Duration.ofMillis(random.nextInt(atMost));
        }
    }

    private static CompletableFuture<Void> after(Duration time) {
        return CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
    }
}
