package io.bumba.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Asks a server on this machine one of ZooKeeper's four letter words. */
final class FourLetters {
    private static final int TIMEOUT_MILLIS = 2_000;

    private FourLetters() {}

    /** The whole answer. */
    static String ask(int port, String word) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(Ports.loopback(port), TIMEOUT_MILLIS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What the server is: standalone, leader, follower; empty when it does not serve, or does not answer. */
    static Optional<String> mode(int port) {
        try {
            return ask(port, "srvr")
                    .lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()).strip())
                    .findFirst();
        } catch (IOException notServing) {
            return Optional.empty();
        }
    }

    /** The monitoring values by key. */
    static Map<String, String> mntr(int port) throws IOException {
        Map<String, String> values = new TreeMap<>();
        ask(port, "mntr").lines().forEach(line -> {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                values.put(line.substring(0, tab), line.substring(tab + 1).strip());
            }
        });
        return values;
    }
}
