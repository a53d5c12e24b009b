package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HealthChecksTest {
    @Test
    void aServerOfAVersionThatLosesDataIsReportedWithItsAddressAndTheNextStep() throws Exception {
        try (ServerSocket bad = answering("Zookeeper version: 3.9.3-c26634f, built on 2024-10-17 23:21 UTC\n");
                ServerSocket good = answering("Zookeeper version: 3.9.5-0000000, built on 2026-01-01 00:00 UTC\n")) {
            HealthCheck.Result result = HealthChecks.versions(address(good) + "," + address(bad));

            assertThat(result.isHealthy()).isFalse();
            assertThat(result.getMessage())
                    .startsWith(address(bad) + " runs 3.9.3")
                    .contains("ZOOKEEPER-4925", "3.9.4 or later")
                    .doesNotContain(address(good));
        }
    }

    @Test
    void aServerThatDoesNotSayItsVersionIsNotKnownAndNotBlamed() throws Exception {
        try (ServerSocket shy = answering("srvr is not executed because it is not in the whitelist.\n")) {
            HealthCheck.Result result = HealthChecks.versions(address(shy));

            assertThat(result.isHealthy()).isTrue();
            assertThat(result.getMessage()).isEqualTo(address(shy) + " not known");
        }
    }

    private static String address(ServerSocket server) {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** A server that answers the first four-letter word with this text. */
    private static ServerSocket answering(String text) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            try (Socket client = server.accept()) {
                client.getInputStream().readNBytes(4);
                client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }
}
