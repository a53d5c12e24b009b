package io.bumba.chaos;

import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkEnsemble;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.zookeeper.ZooDefs;

/** The network between one worker and each of the servers. */
final class Links implements AutoCloseable {
    private final List<TcpProxy> proxies;

    Links(ZkEnsemble ensemble) {
        proxies = ensemble.members().stream().map(TcpProxy::to).toList();
    }

    String connectString() {
        return proxies.stream().map(TcpProxy::connectString).collect(Collectors.joining(","));
    }

    void begin(Strike strike) {
        proxies.forEach(proxy -> begin(strike, proxy));
    }

    private static void begin(Strike strike, TcpProxy proxy) {
        switch (strike.kind()) {
            case CUT -> proxy.cut();
            case REFUSE -> proxy.refuse();
            case BLACKHOLE -> proxy.blackhole();
            case DROP_REPLIES -> proxy.dropReplies();
            case DROP_REQUESTS -> proxy.dropRequests();
            case STALL -> proxy.stall();
            case DELAY -> proxy.delay(Duration.ofMillis(5 + strike.target() % 45));
            case LOSE_REPLY -> {
                var ignored = proxy.loseReplyTo(ZooDefs.OpCode.multi);
            }
            case LOSE_REQUEST -> {
                var ignored = proxy.loseRequest(ZooDefs.OpCode.multi);
            }
            default -> throw new IllegalArgumentException(strike + " is none of a link");
        }
    }

    void heal() {
        proxies.forEach(proxy -> {
            proxy.delay(Duration.ZERO);
            proxy.pass();
        });
    }

    @Override
    public void close() {
        proxies.forEach(TcpProxy::close);
    }
}
