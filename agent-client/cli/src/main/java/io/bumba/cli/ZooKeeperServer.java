package io.bumba.cli;

import io.bumba.zk.ServerVersions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks one ZooKeeper server who it is, by the four letters {@code srvr}. */
final class ZooKeeperServer {
    private static final int MILLIS = 3_000;

    private ZooKeeperServer() {}

    /** Whether it answers, and whether its version is known to be safe. */
    static Finding examine(String address) {
        try {
            Optional<String> version = ServerVersions.inAnswer(ask(address));
            if (version.isEmpty()) {
                return Finding.warning(
                        "zookeeper",
                        address + " does not tell its version",
                        "allow it: 4lw.commands.whitelist=srvr in the server's configuration");
            }
            String told = "version " + version.get() + " at " + address;
            return ServerVersions.defect(version.get())
                    .map(defect -> Finding.problem("zookeeper", told, "it " + defect))
                    .orElseGet(() -> Finding.ok("zookeeper", told));
        } catch (IOException | IllegalArgumentException e) {
            return Finding.problem(
                    "zookeeper", "no server at " + address + " (" + e + ")", "start 'bumba up', or check --connect");
        }
    }

    private static String ask(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(address.substring(colon + 1));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), MILLIS);
            socket.setSoTimeout(MILLIS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(4_096), StandardCharsets.UTF_8);
        }
    }
}
