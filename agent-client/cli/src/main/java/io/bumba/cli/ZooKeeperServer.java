package io.bumba.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks one ZooKeeper server who it is. */
final class ZooKeeperServer {
    private static final Pattern VERSION = Pattern.compile("Zookeeper version: ([0-9]+\\.[0-9]+\\.[0-9]+)");
    private static final Pattern TICK = Pattern.compile("(?m)^tickTime=([0-9]{1,9})$");
    private static final Duration DEFAULT_TICK = Duration.ofSeconds(2);
    private static final int MILLIS = 3_000;

    private ZooKeeperServer() {}

    /** Whether it answers, and whether its version is known to be safe. */
    static Finding examine(String address) {
        try {
            String answer = ask(address, "srvr");
            Optional<String> version = version(answer);
            return version.map(v -> Finding.ok("zookeeper", "version " + v + " at " + address))
                    .orElseGet(() -> Finding.warning(
                            "zookeeper",
                            address + " does not tell its version",
                            "allow it: 4lw.commands.whitelist=srvr in the server's configuration"));
        } catch (IOException | IllegalArgumentException e) {
            return Finding.problem(
                    "zookeeper", "no server at " + address + " (" + e + ")", "start 'bumba up', or check --connect");
        }
    }

    /** The server's tick, or ZooKeeper's default when it does not tell. */
    static Duration tick(String address) {
        try {
            Matcher match = TICK.matcher(ask(address, "conf"));
            return match.find() ? Duration.ofMillis(Long.parseLong(match.group(1))) : DEFAULT_TICK;
        } catch (IOException | IllegalArgumentException e) {
            return DEFAULT_TICK;
        }
    }

    /** The version in an answer to {@code srvr}. */
    static Optional<String> version(String answer) {
        Matcher match = VERSION.matcher(answer);
        return match.find() ? Optional.ofNullable(match.group(1)) : Optional.empty();
    }

    private static String ask(String address, String fourLetters) throws IOException {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(address.substring(colon + 1));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), MILLIS);
            socket.setSoTimeout(MILLIS);
            socket.getOutputStream().write(fourLetters.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(4_096), StandardCharsets.UTF_8);
        }
    }
}
