package io.bumba.territory;

import io.bumba.testkit.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.zookeeper.ZooDefs.OpCode;

/** The transactions of a process that change territories, as a proxy sees them pass. */
final class LedgerWrites {
    private LedgerWrites() {}

    /** The n-th of them from now on, counted from 1. */
    static Predicate<TcpProxy.Request> number(int n) {
        AtomicInteger seen = new AtomicInteger();
        return request -> isOne(request) && seen.incrementAndGet() == n;
    }

    /** A transaction about a znode whose path has this in it. */
    static Predicate<TcpProxy.Request> about(String part) {
        return request -> request.opCode() == OpCode.multi && text(request).contains(part);
    }

    private static boolean isOne(TcpProxy.Request request) {
        return about("\"changes\":[").test(request);
    }

    static String text(TcpProxy.Request request) {
        return new String(request.frame(), StandardCharsets.ISO_8859_1);
    }
}
