package io.bumba.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Measures the locks of one ensemble: undisturbed ones, then the hand-over of one that all want. */
final class LockBench {
    static final String BARE = "bare create+delete";
    static final String BARE_AGAIN = "bare once more";
    static final String STOCK_KNOWN = "stock, known path";
    static final String STOCK_FRESH = "stock, fresh path";
    static final String OURS_KNOWN = "ours, known path";
    static final String OURS_FRESH = "ours, fresh path";
    static final String STOCK_HAND_OVER = "stock, hand-over";
    static final String OURS_HAND_OVER = "ours, hand-over";

    private static final int COUNTS = 4;
    private static final AtomicInteger FRESH = new AtomicInteger();

    private final Servers servers;
    private final Plan plan;
    private final Consumer<String> progress;
    private final Report.Builder report;

    LockBench(Servers servers, Plan plan, Consumer<String> progress, Report.Builder report) {
        this.servers = servers;
        this.plan = plan;
        this.progress = progress;
        this.report = report;
    }

    void run(Crew crew) {
        for (int clients : new int[] {1, plan.clients()}) {
            try (Fleet fleet = Fleet.connect(servers, clients)) {
                undisturbed(fleet, crew);
                if (clients > 1) {
                    handOver(fleet, crew);
                }
            }
        }
    }

    private void undisturbed(Fleet fleet, Crew crew) {
        int clients = fleet.size();
        say(clients, "disjoint paths");
        List<Contestant> contestants = List.of(
                Contestant.of(BARE, clients, i -> fleet.bare(i).locker("")::lockAndUnlock),
                Contestant.of(BARE_AGAIN, clients, i -> fleet.bare(i).locker("")::lockAndUnlock),
                Contestant.of(STOCK_KNOWN, clients, i -> fleet.stock(i).locker(known(i))::lockAndUnlock),
                Contestant.of(
                        STOCK_FRESH,
                        clients,
                        i -> () -> fleet.stock(i).locker(fresh(i)).lockAndUnlock()),
                Contestant.of(OURS_KNOWN, clients, i -> fleet.ours(i).locker(known(i))::lockAndUnlock),
                Contestant.of(
                        OURS_FRESH,
                        clients,
                        i -> () -> fleet.ours(i).locker(fresh(i)).lockAndUnlock()));
        int times = plan.times(clients);
        Race warmUp = Race.run(contestants, crew, plan.warmUp(), times);
        Map<String, Cost> costs = new HashMap<>();
        warmUp.contestants().forEach(each -> costs.put(each.name(), cost(each, crew)));
        Race race = Race.run(contestants, crew, plan.rounds(), times);
        row(clients, race, times, costs, BARE_AGAIN, BARE, Optional.empty());
        row(clients, race, times, costs, STOCK_KNOWN, BARE, Optional.empty());
        row(clients, race, times, costs, STOCK_FRESH, BARE, Optional.empty());
        row(clients, race, times, costs, OURS_KNOWN, STOCK_KNOWN, Optional.of(Target.KNOWN));
        row(clients, race, times, costs, OURS_KNOWN, BARE, Optional.of(Target.OVER_BARE));
        row(clients, race, times, costs, OURS_FRESH, STOCK_FRESH, Optional.of(Target.FRESH));
        row(clients, race, times, costs, OURS_FRESH, BARE, Optional.empty());
    }

    private void row(
            int clients,
            Race race,
            int times,
            Map<String, Cost> costs,
            String subject,
            String against,
            Optional<Target> target) {
        report.add(Row.of(
                servers.count(),
                clients,
                subject,
                against,
                race.ratio(subject, against),
                target,
                Optional.ofNullable(costs.get(subject)),
                Optional.ofNullable(costs.get(against)),
                race.millis(subject, times)));
    }

    /** All clients want one file; each grant increments a counter that only exclusion keeps exact. */
    private void handOver(Fleet fleet, Crew crew) {
        int clients = fleet.size();
        say(clients, "hand-over of one file");
        Contest stock =
                new Contest(STOCK_HAND_OVER, clients, i -> fleet.stock(i).contended("wanted"));
        Contest ours = new Contest(OURS_HAND_OVER, clients, i -> fleet.ours(i).contended("src/bench/wanted"));
        List<Contestant> contestants = List.of(stock.contestant(), ours.contestant());
        int times = plan.handOvers();
        Race warmUp = Race.run(contestants, crew, plan.handOverWarmUp(), times);
        Map<String, Cost> costs = new HashMap<>();
        warmUp.contestants().forEach(each -> costs.put(each.name(), count(each, crew, times)));
        Race race = Race.run(contestants, crew, plan.handOverRounds(), times);
        report.add(Row.of(
                servers.count(),
                clients,
                OURS_HAND_OVER,
                STOCK_HAND_OVER,
                race.ratio(STOCK_HAND_OVER, OURS_HAND_OVER),
                Optional.of(Target.HAND_OVER),
                Optional.ofNullable(costs.get(OURS_HAND_OVER)),
                Optional.ofNullable(costs.get(STOCK_HAND_OVER)),
                race.millis(OURS_HAND_OVER, times * clients)));
        report.add(stock.exclusion(servers.count()));
        report.add(ours.exclusion(servers.count()));
    }

    /** The least of a few counts: sessions' and agents' own upkeep can only add to one. */
    private Cost cost(Contestant contestant, Crew crew) {
        Cost least = count(contestant, crew, plan.times(contestant.clients()));
        for (int i = 1; i < COUNTS; i++) {
            least = least.least(count(contestant, crew, plan.times(contestant.clients())));
        }
        return least;
    }

    private Cost count(Contestant contestant, Crew crew, int times) {
        Counters before = servers.counters();
        long unused = crew.time(contestant, times);
        return Cost.of(servers.counters().minus(before), (long) times * contestant.clients());
    }

    private void say(int clients, String what) {
        progress.accept(servers.count()
                + (servers.count() == 1 ? " server, " : " servers, ")
                + clients
                + (clients == 1 ? " client: " : " clients: ")
                + what);
    }

    private static String known(int client) {
        return "src/bench/client" + client + "/known";
    }

    private static String fresh(int client) {
        return "src/bench/client" + client + "/f" + FRESH.incrementAndGet();
    }
}
