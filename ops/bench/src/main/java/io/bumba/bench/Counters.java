package io.bumba.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the servers of one ensemble have done, by their own count.
 *
 * @param writes transactions, refused ones included: each takes a zxid and is synced to disk
 * @param reads requests answered without a transaction
 */
record Counters(long writes, long reads) {
    private static final int TIMEOUT_MILLIS = 5_000;
    /** The upper half of a zxid is the leader's epoch. */
    private static final long COUNTER = 0xffff_ffffL;

    private static final Pattern ZXID = Pattern.compile("(?m)^Zxid: 0x([0-9a-f]+)$");
    private static final Pattern READS = Pattern.compile("(?m)^zk_cnt_readlatency\t([0-9]+)$");

    /** Asks all servers, by their client ports on this machine. */
    static Counters of(List<Integer> ports) {
        long zxid = 0;
        long reads = 0;
        for (int port : ports) {
            zxid = Math.max(zxid, number(ZXID, 16, ask(port, "srvr")));
            reads += number(READS, 10, ask(port, "mntr"));
        }
        return new Counters(zxid & COUNTER, reads);
    }

    Counters minus(Counters earlier) {
        return new Counters(writes - earlier.writes, reads - earlier.reads);
    }

    private static long number(Pattern pattern, int radix, String answer) {
        Matcher match = pattern.matcher(answer);
        if (!match.find()) {
            throw new BenchException("the server does not tell " + pattern + "; another ZooKeeper version?");
        }
        return Long.parseLong(match.group(1), radix);
    }

    private static String ask(int port, String word) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new BenchException("the server at port " + port + " does not answer '" + word + "'", e);
        }
    }
}
