package io.bumba.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;

/**
 * As many clients of each kind, each with a session of its own; the n-th of every kind uses the same server. The bare ones
 * use the stock ones' sessions.
 */
final class Fleet implements AutoCloseable {
    private static final Duration SESSION = Duration.ofSeconds(30);

    private final List<BareClient> bare = new ArrayList<>();
    private final List<StockClient> stock = new ArrayList<>();
    private final List<OurClient> ours = new ArrayList<>();

    static Fleet connect(Servers servers, int size) {
        Fleet fleet = new Fleet();
        try {
            for (int i = 0; i < size; i++) {
                fleet.add(servers.forClient(i));
            }
            fleet.prepare();
            return fleet;
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    int size() {
        return stock.size();
    }

    BareClient bare(int client) {
        return bare.get(client);
    }

    StockClient stock(int client) {
        return stock.get(client);
    }

    OurClient ours(int client) {
        return ours.get(client);
    }

    /** All at once: the end of a ZooKeeper handle takes a tenth of a second. */
    @Override
    public void close() {
        List<Thread> ends = Stream.concat(stock.stream(), ours.stream())
                .map(client -> new Thread(client::close, "bench-end"))
                .toList();
        ends.forEach(Thread::start);
        Attempt.to("end the sessions", () -> {
            for (Thread end : ends) {
                end.join();
            }
            return ends;
        });
    }

    private void add(String server) {
        CuratorFramework curator = CuratorFrameworkFactory.builder()
                .connectString(server)
                .sessionTimeoutMs((int) SESSION.toMillis())
                .retryPolicy(new RetryOneTime(1_000))
                .ensembleTracker(false)
                .build();
        curator.start();
        stock.add(new StockClient(curator));
        boolean connected = Attempt.to("connect to " + server, () -> curator.blockUntilConnected(20, TimeUnit.SECONDS));
        if (!connected) {
            throw new BenchException("no session with the server at " + server);
        }
        bare.add(new BareClient(
                Attempt.to("take the handle", () -> curator.getZookeeperClient().getZooKeeper())));
        ours.add(OurClient.connect(server, SESSION));
    }

    private void prepare() {
        for (String parent : List.of(BareClient.PARENT, StockClient.PARENT)) {
            Attempt.to(
                    "create " + parent,
                    () -> stock.get(0).curator().create().orSetData().forPath(parent));
        }
    }
}
