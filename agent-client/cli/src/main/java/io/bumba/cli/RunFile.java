package io.bumba.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a running coordinator writes about itself; left behind when it was killed.
 *
 * @param v the version of this format, 1
 * @param pid its process, on the machine it runs on
 * @param apiUrl without a slash at the end
 * @param zookeeper a connect string
 * @param clusterId the cluster that it found or made
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record RunFile(
        int v,
        long pid,
        @Nullable String apiUrl,
        @Nullable String adminUrl,
        @Nullable String zookeeper,
        @Nullable String unixSocket,
        @Nullable String workspace,
        @Nullable String clusterId,
        @Nullable String fleetKeyFile,
        @Nullable String operatorTokenFile,
        @Nullable String startedAt) {
    static Path in(Path data) {
        return data.resolve("run").resolve("coordinator.json");
    }

    /** Empty when there is none. */
    static Optional<RunFile> read(Path data) {
        Path file = in(data);
        try {
            RunFile found = new ObjectMapper().readValue(Files.readString(file), RunFile.class);
            if (found.v != 1) {
                throw new CliException(
                        ExitCode.PROBLEM,
                        file + " has version " + found.v
                                + ", this bumba reads 1; use the bumba that the coordinator came" + " with");
            }
            return Optional.of(found);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new CliException(
                    ExitCode.PROBLEM,
                    file + " is not the JSON that a coordinator writes; remove it and start 'bumba up' again",
                    e);
        } catch (IOException e) {
            throw new CliException(
                    ExitCode.PROBLEM,
                    file + " cannot be read (" + e + "); run as the user who started the coordinator, or name another"
                            + " directory with --data",
                    e);
        }
    }

    /** Whether a process of that number runs on this machine. */
    boolean processAlive() {
        return pid > 0 && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
