package io.bumba.bench;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.agent.Agent;
import io.bumba.agent.AgentSpec;
import io.bumba.lock.FileLocks;
import io.bumba.lock.LockOptions;
import io.bumba.path.PathPattern;
import io.bumba.path.PathPatterns;
import io.bumba.path.PatternIndex;
import io.bumba.path.RepoPath;
import io.bumba.territory.Policy;
import io.bumba.territory.TerritoryGrant;
import io.bumba.territory.TerritoryRequest;
import io.bumba.territory.TerritoryType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Measures territories on one server: allocation, the check of overlaps, local grants, contention, many territories. */
final class TerritoryBench {
    private static final int FILES = 5;
    private static final int CLIENTS = 16;
    private static final int PATTERNS = 10;
    private static final Duration SESSION = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Servers servers;
    private final int rounds;
    private final int many;
    private final Consumer<String> progress;
    private final List<TerritoryRow> rows = new ArrayList<>();

    /** @param many how many territories the largest workspace has */
    TerritoryBench(Servers servers, int rounds, int many, Consumer<String> progress) {
        this.servers = servers;
        this.rounds = rounds;
        this.many = many;
        this.progress = progress;
    }

    List<TerritoryRow> rows() {
        return rows;
    }

    void run(Crew crew) {
        try (Fleet fleet = Fleet.connect(servers, CLIENTS)) {
            Attempt.to(
                    "create " + BareTerritory.PARENT,
                    () -> fleet.stock(0).curator().create().orSetData().forPath(BareTerritory.PARENT));
            progress.accept("allocate and release, one client");
            allocation(fleet);
            progress.accept("a lock in the own territory");
            localLocks(fleet);
            progress.accept("16 clients, disjoint areas");
            disjoint(fleet, crew);
            progress.accept("16 clients, one area");
            contended(fleet, crew);
        }
        progress.accept("the check of overlaps");
        for (int territories : new int[] {100, 1_000, 10_000}) {
            overlaps(territories);
        }
        progress.accept("a workspace of " + many + " territories");
        coldStart();
    }

    // ---- one client
    // --------------------------------------------------------------------------------------------------

    private void allocation(Fleet fleet) {
        BareTerritory bare = new BareTerritory(fleet.bare(0).zk(), 0, FILES);
        Area area = new Area(fleet.ours(0), 0);
        long[] bareMakes = new long[rounds];
        long[] bareRemoves = new long[rounds];
        long[] allocates = new long[rounds];
        long[] releases = new long[rounds];
        for (int round = -rounds / 2; round < rounds; round++) {
            long[] times = {time(bare::make), time(bare::remove), time(area::allocate), time(area::release)};
            if (round >= 0) {
                bareMakes[round] = times[0];
                bareRemoves[round] = times[1];
                allocates[round] = times[2];
                releases[round] = times[3];
            }
        }
        rows.add(TerritoryRow.ratio(
                "allocate 5 files", "one bare multi", Spread.ofRatios(allocates, bareMakes), Optional.of(3.0)));
        rows.add(TerritoryRow.ratio(
                "release 5 files", "one bare multi", Spread.ofRatios(releases, bareRemoves), Optional.of(3.0)));
    }

    private void localLocks(Fleet fleet) {
        Bumba bumba = fleet.ours(1).bumba();
        Agent agent = bumba.register(AgentSpec.of("Bench", "Local"));
        FileLocks locks = bumba.locks(agent);
        TerritoryGrant territory = Attempt.to("allocate", () -> bumba.territories(agent)
                .allocate(TerritoryRequest.of("local", PathPatterns.of("src/local/"))
                        .withLocalGrants())
                .orElseThrow());
        RepoPath file = RepoPath.of("src/local/a.js");
        Locker stock = fleet.stock(1).locker("src/local/a.js");
        int times = 200;
        long[] ours = new long[rounds];
        long[] theirs = new long[rounds];
        double[] micros = new double[rounds];
        for (int round = -rounds; round < rounds; round++) {
            long mine = time(() -> {
                for (int i = 0; i < times; i++) {
                    Attempt.to("lock", () -> locks.acquire(file, LockOptions.tryNow()))
                            .orElseThrow()
                            .close();
                }
            });
            long other = time(stock::lockAndUnlock);
            if (round >= 0) {
                ours[round] = mine / times;
                theirs[round] = other;
                micros[round] = mine / 1e3 / times;
            }
        }
        rows.add(TerritoryRow.value("lock and unlock in the own territory", Spread.of(micros), "us", Optional.of(5.0)));
        rows.add(TerritoryRow.ratio(
                "lock and unlock in the own territory",
                "stock Curator, known path",
                Spread.ofRatios(ours, theirs),
                Optional.empty()));
        territory.close();
    }

    // ---- many clients
    // ------------------------------------------------------------------------------------------------

    private void disjoint(Fleet fleet, Crew crew) {
        Contestant bare = Contestant.of("bare multi pair", CLIENTS, i -> {
            BareTerritory area = new BareTerritory(fleet.bare(i).zk(), i, FILES);
            return () -> {
                area.make();
                area.remove();
            };
        });
        Contestant ours = Contestant.of("allocate and release", CLIENTS, i -> {
            Area area = new Area(fleet.ours(i), i);
            return () -> {
                area.allocate();
                area.release();
            };
        });
        Race warmUp = Race.run(List.of(bare, ours), crew, 3, 2);
        Race race = Race.run(warmUp.contestants(), crew, Math.max(2, rounds / 5), 2);
        rows.add(TerritoryRow.ratio(
                "16 clients: allocate and release, disjoint",
                "16 clients: two bare multis",
                race.ratio(ours.name(), bare.name()),
                Optional.empty()));
    }

    private void contended(Fleet fleet, Crew crew) {
        Contestant stock = Contestant.of("stock, one path", CLIENTS, i -> {
            Locker mutex = fleet.stock(i).contended("wanted-by-all");
            return mutex::lockAndUnlock;
        });
        TerritoryRequest wanted = TerritoryRequest.of("wanted by all", PathPatterns.of("src/wanted/"))
                .waitUpTo(PATIENCE);
        Contestant ours = Contestant.of(
                "one territory",
                CLIENTS,
                i -> () -> Attempt.to("allocate", () -> fleet.ours(i)
                                .bumba()
                                .territories(fleet.ours(i).agent())
                                .allocate(wanted)
                                .orElseThrow())
                        .close());
        Race race = Race.run(List.of(stock, ours), crew, Math.max(2, rounds / 20), 1);
        rows.add(TerritoryRow.ratio(
                "16 clients: all want one area",
                "16 clients: one stock InterProcessMutex",
                race.ratio(ours.name(), stock.name()),
                Optional.empty()));
    }

    // ---- many territories
    // --------------------------------------------------------------------------------------------

    private void overlaps(int territories) {
        PatternIndex<Integer> index = new PatternIndex<>();
        for (int t = 0; t < territories; t++) {
            for (PathPattern pattern : patterns(t)) {
                index.add(pattern, t);
            }
        }
        Random random = new Random(territories);
        int checks = 2_000;
        double[] micros = new double[checks];
        int found = 0;
        for (int i = -checks; i < checks; i++) {
            int near = random.nextInt(territories * 2);
            PathPatterns request = PathPatterns.of("team" + near % 97 + "/service" + near + "/new/**");
            long began = System.nanoTime();
            for (PathPattern pattern : request) {
                found += index.overlapping(pattern).size();
            }
            if (i >= 0) {
                micros[i] = (System.nanoTime() - began) / 1e3;
            }
        }
        if (found == 0) {
            throw new BenchException("the check of overlaps found nothing, though half of the requests overlap");
        }
        rows.add(TerritoryRow.value(
                "overlap check, " + territories + " territories of " + PATTERNS + " patterns",
                Spread.of(micros),
                "us",
                territories == 10_000 ? Optional.of(100.0) : Optional.empty()));
    }

    private static PathPatterns patterns(int territory) {
        String home = "team" + territory % 97 + "/service" + territory;
        return PathPatterns.of(IntStream.range(0, PATTERNS)
                .mapToObj(i -> switch (i % 5) {
                    case 0 -> home + "/src" + i + "/**";
                    case 1 -> home + "/file" + i + ".java";
                    case 2 -> home + "/docs/*.md" + i;
                    case 3 -> home + "/**/test" + i + "/*.java";
                    default -> home + "/dir" + i + "/";
                })
                .toArray(String[]::new));
    }

    private void coldStart() {
        String server = servers.forClient(0);
        int connections = 4;
        List<Bumba> owners = new ArrayList<>();
        try {
            for (int c = 0; c < connections; c++) {
                owners.add(connect(server));
            }
            owners.get(0)
                    .warden()
                    .writePolicy(new Policy(null, null, Policy.TERRITORIES, Policy.TERRITORIES * 10, null, null));
            IntStream.range(0, connections).parallel().forEach(c -> fill(owners.get(c), c, connections));
            double[] millis = new double[5];
            for (int i = 0; i < millis.length; i++) {
                long began = System.nanoTime();
                try (Bumba late = connect(server)) {
                    FileLocks locks = late.locks(late.register(AgentSpec.of("Bench", "Late")));
                    Attempt.to("lock", () -> locks.acquire(RepoPath.of("free.txt"), LockOptions.tryNow()))
                            .orElseThrow()
                            .close();
                    millis[i] = (System.nanoTime() - began) / 1e6;
                }
            }
            rows.add(TerritoryRow.value(
                    "connect and first lock beside " + many + " territories",
                    Spread.of(millis),
                    "ms",
                    Optional.empty()));
            rows.add(memory(server));
        } finally {
            owners.forEach(Bumba::close);
        }
    }

    private TerritoryRow memory(String server) {
        try (Bumba late = connect(server)) {
            FileLocks locks = late.locks(late.register(AgentSpec.of("Bench", "Memory")));
            long before = used();
            Attempt.to("lock", () -> locks.acquire(RepoPath.of("free.txt"), LockOptions.tryNow()))
                    .orElseThrow()
                    .close();
            double each = (used() - before) / 1024.0 / many;
            return TerritoryRow.value("memory per territory of a client", Spread.of(each), "KB", Optional.of(5.0));
        }
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private void fill(Bumba bumba, int first, int step) {
        Agent agent = bumba.register(AgentSpec.of("Bench", "Owner" + first));
        for (int t = first; t < many; t += step) {
            TerritoryRequest request = TerritoryRequest.of("t", patterns(t)).ofType(TerritoryType.MONITORED);
            Attempt.to("allocate", () -> bumba.territories(agent).allocate(request))
                    .orElseThrow();
        }
    }

    private static Bumba connect(String server) {
        return Bumba.connect(BumbaConfig.builder(server).sessionTimeout(SESSION).build());
    }

    private static long time(Runnable operation) {
        long began = System.nanoTime();
        operation.run();
        return System.nanoTime() - began;
    }

    /** One client's area of a few files. */
    private static final class Area {
        private final OurClient client;
        private final TerritoryRequest request;
        private Optional<TerritoryGrant> held = Optional.empty();

        Area(OurClient client, int number) {
            this.client = client;
            this.request = TerritoryRequest.of(
                    "area",
                    PathPatterns.of(IntStream.range(0, FILES)
                            .mapToObj(i -> "src/client" + number + "/file" + i + ".js")
                            .toArray(String[]::new)));
        }

        void allocate() {
            held = Optional.of(Attempt.to(
                            "allocate",
                            () -> client.bumba().territories(client.agent()).allocate(request))
                    .orElseThrow());
        }

        void release() {
            if (!held.orElseThrow().release()) {
                throw new BenchException("the area was lost before it was released");
            }
        }
    }
}
