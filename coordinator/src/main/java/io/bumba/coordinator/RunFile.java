package io.bumba.coordinator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code run/coordinator.json}: where the coordinator of this data directory is reached, for the command line. It is
 * there while one runs; one that was killed leaves its file behind, with a pid that is gone.
 *
 * @param v the version of this form
 * @param zookeeper the connect string
 * @param unixSocket its path, or null when there is none
 */
record RunFile(
        int v,
        long pid,
        String apiUrl,
        String adminUrl,
        String zookeeper,
        @JsonInclude @Nullable String unixSocket,
        String workspace,
        String clusterId,
        String fleetKeyFile,
        String operatorTokenFile,
        String startedAt) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static RunFile of(Endpoints endpoints, CoordinatorConfig config, String clusterId, Instant startedAt) {
        return new RunFile(
                1,
                ProcessHandle.current().pid(),
                endpoints.api(),
                endpoints.admin(),
                endpoints.zookeeper(),
                endpoints.unixSocket().map(Path::toString).orElse(null),
                config.workspace(),
                clusterId,
                config.fleetKeyFile().toString(),
                config.operatorTokenFile().toString(),
                startedAt.toString());
    }

    void write(Path file) throws IOException {
        PrivateFiles.replace(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }

    static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
