package io.bumba.coordinator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/** The name of this run of a coordinator among all others. */
final class Instance {
    private static final int MAX_HOST = 32;

    private Instance() {}

    /** The machine's name, as far as it fits, and 8 random hex digits. */
    static String draw(RandomGenerator random) {
        return of(hostName(), random.nextInt());
    }

    static String of(String host, int drawn) {
        String clean = host.replaceAll("[^A-Za-z0-9_.-]", "_");
        return clean.substring(0, Math.min(MAX_HOST, clean.length())) + String.format("-%08x", drawn);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
