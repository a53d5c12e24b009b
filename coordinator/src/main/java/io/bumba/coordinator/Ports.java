package io.bumba.coordinator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Questions about addresses, asked before anything is started, so that the answer can name the option to change. */
final class Ports {
    private Ports() {}

    /**
     * @param option the option that chooses another port
     * @throws StartFailure when the port is taken or the address is none of this machine
     */
    static void demandFree(String what, @Nullable String host, int port, String option) {
        if (port == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw taken(what, host, port, option, e);
        }
    }

    static StartFailure taken(String what, @Nullable String host, int port, String option, Exception cause) {
        return new StartFailure(
                StartFailure.Reason.PORT_TAKEN,
                what + " cannot listen on " + (host == null ? "*" : host) + ":" + port + ": " + cause.getMessage()
                        + "; choose another with " + option + ", or any free ones with --port 0",
                cause);
    }

    /** How this machine writes the address into a URL or a connect string to reach what is bound to it. */
    static String reachedAt(@Nullable String host) {
        if (host == null || host.equals("0.0.0.0") || host.equals("::")) {
            return "127.0.0.1";
        }
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** Whether an address is reached from this machine only; all addresses, and unknown names, are not. */
    static boolean isLoopback(@Nullable String host) {
        try {
            return host != null
                    && !host.isBlank()
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
