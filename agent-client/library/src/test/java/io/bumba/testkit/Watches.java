package io.bumba.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What clients have left at a server, by its own count. */
public final class Watches {
    private Watches() {}

    /** The watches of all clients at this server. */
    public static long count(ZkServer server) {
        return value(server.port(), "zk_watch_count");
    }

    /** The watches of all clients at this member; another member has others. */
    public static long count(ZkProcess server) {
        return value(server.port(), "zk_watch_count");
    }

    /** The ephemeral znodes of all sessions. */
    public static long ephemerals(ZkServer server) {
        return value(server.port(), "zk_ephemerals_count");
    }

    public static long ephemerals(ZkProcess server) {
        return value(server.port(), "zk_ephemerals_count");
    }

    /** The open connections, the one that asks not counted. */
    public static long connections(ZkServer server) {
        return value(server.port(), "zk_num_alive_connections") - 1;
    }

    /** The watches, one line each ("path", then the sessions), for failure messages. */
    public static String list(ZkServer server) {
        try {
            return FourLetters.ask(server.port(), "wchp");
        } catch (IOException e) {
            throw new UncheckedIOException("the server at port " + server.port() + " does not answer", e);
        }
    }

    private static long value(int port, String key) {
        try {
            String value = FourLetters.mntr(port).get(key);
            if (value == null) {
                throw new IllegalStateException("the server at port " + port + " does not tell " + key);
            }
            return Long.parseLong(value);
        } catch (IOException e) {
            throw new UncheckedIOException("the server at port " + port + " does not answer", e);
        }
    }
}
