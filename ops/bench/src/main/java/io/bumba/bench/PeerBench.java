package io.bumba.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Measures ours beside the locks of one peer, each on its own server. */
final class PeerBench {
    private final Servers servers;
    private final Peer peer;
    private final Plan plan;
    private final Consumer<String> progress;
    private final Report.Builder report;

    PeerBench(Servers servers, Peer peer, Plan plan, Consumer<String> progress, Report.Builder report) {
        this.servers = servers;
        this.peer = peer;
        this.plan = plan;
        this.progress = progress;
        this.report = report;
    }

    void run(Peer.Server server, Crew crew) {
        for (int clients : new int[] {1, plan.clients()}) {
            progress.accept(peer.name() + ", clients: " + clients);
            List<Client> theirs = new ArrayList<>();
            try (Fleet fleet = Fleet.connect(servers, clients)) {
                for (int i = 0; i < clients; i++) {
                    theirs.add(server.connect());
                }
                undisturbed(fleet, theirs, crew);
                if (clients > 1) {
                    handOver(fleet, theirs, crew);
                }
            } finally {
                theirs.forEach(Client::close);
            }
        }
    }

    private void undisturbed(Fleet fleet, List<Client> theirs, Crew crew) {
        int clients = fleet.size();
        IntFunction<String> file = i -> "src/bench/client" + i + "/known";
        List<Contestant> contestants = List.of(
                Contestant.of(LockBench.OURS_KNOWN, clients, i -> fleet.ours(i).locker(file.apply(i))::lockAndUnlock),
                Contestant.of(peer.name(), clients, i -> theirs.get(i).locker(file.apply(i))::lockAndUnlock));
        int times = plan.times(clients);
        Race race = measure(contestants, crew, plan.warmUp(), plan.rounds(), times);
        row(clients, race.ratio(LockBench.OURS_KNOWN, peer.name()), LockBench.OURS_KNOWN, peer.name(), race, times);
    }

    private void handOver(Fleet fleet, List<Client> theirs, Crew crew) {
        int clients = fleet.size();
        String name = peer.name() + ", hand-over";
        Contest ours = new Contest(
                LockBench.OURS_HAND_OVER, clients, i -> fleet.ours(i).contended("src/bench/" + peer.program()));
        Contest peers = new Contest(name, clients, i -> theirs.get(i).contended("wanted"));
        int times = plan.handOvers();
        Race race = measure(
                List.of(ours.contestant(), peers.contestant()),
                crew,
                plan.handOverWarmUp(),
                plan.handOverRounds(),
                times);
        row(clients, race.ratio(name, LockBench.OURS_HAND_OVER), LockBench.OURS_HAND_OVER, name, race, times * clients);
        report.add(ours.exclusion(servers.count()));
        report.add(peers.exclusion(1));
    }

    private Race measure(List<Contestant> contestants, Crew crew, int warmUp, int rounds, int times) {
        Race warm = Race.run(contestants, crew, warmUp, times);
        return Race.run(warm.contestants(), crew, rounds, times);
    }

    private void row(int clients, Spread ratio, String subject, String against, Race race, int times) {
        report.add(Row.of(
                servers.count(),
                clients,
                subject,
                against,
                ratio,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                race.millis(subject, times)));
    }
}
