package io.bumba.chaos;

import io.bumba.testkit.Fault;
import io.bumba.testkit.TcpProxy;
import io.bumba.testkit.ZkEnsemble;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
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
            case LOSE_REPLY -> loseNext(proxy, proxy::loseReplyTo);
            case LOSE_REQUEST -> loseNext(proxy, proxy::loseRequest);
            default -> throw new IllegalArgumentException(strike + " is none of a link");
        }
    }

    /** Where the worker is connected now: elsewhere it would strike once more, whenever the worker comes. */
    private static void loseNext(TcpProxy proxy, Function<Predicate<TcpProxy.Request>, Fault> fault) {
        if (proxy.connections() > 0) {
            Fault ignored = fault.apply(Links::isAboutAContender);
        }
    }

    /** Whether it makes or deletes a contender: where not to know what became of it matters most. */
    private static boolean isAboutAContender(TcpProxy.Request request) {
        return request.opCode() == ZooDefs.OpCode.multi
                && new String(request.frame(), StandardCharsets.ISO_8859_1).contains("@lock/_c_");
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
