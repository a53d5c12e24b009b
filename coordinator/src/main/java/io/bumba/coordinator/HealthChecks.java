package io.bumba.coordinator;

import com.codahale.metrics.health.HealthCheck;
import com.codahale.metrics.health.HealthCheckRegistry;
import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.zk.ServerVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.zookeeper.client.FourLetterWordMain;
import org.apache.zookeeper.common.X509Exception;

/** The health checks; the message of each says what to do. */
final class HealthChecks {
    private static final Duration PROBE_DEADLINE = Duration.ofSeconds(3);
    private static final int VERSION_DEADLINE_MILLIS = 1_000;

    private HealthChecks() {}

    static void register(
            HealthCheckRegistry registry,
            Bumba bumba,
            String connectString,
            DataDirectory data,
            long minFreeBytes,
            Supplier<HealthCheck.Result> policy,
            ExecutorService executor) {
        registry.register("session", check(() -> session(bumba)));
        registry.register("zookeeper", check(() -> zookeeper(bumba, connectString, executor)));
        registry.register("zookeeper-version", check(() -> versions(connectString)));
        registry.register("data-directory", check(() -> writable(data)));
        registry.register("disk", check(() -> disk(data, minFreeBytes)));
        registry.register("policy", check(policy::get));
    }

    private interface Question {
        HealthCheck.Result ask() throws IOException, InterruptedException;
    }

    private static HealthCheck check(Question question) {
        return new HealthCheck() {
            @Override
            protected Result check() throws Exception {
                return question.ask();
            }
        };
    }

    private static HealthCheck.Result session(Bumba bumba) {
        return bumba.isConnected()
                ? HealthCheck.Result.healthy("connected")
                : unhealthy("the coordinator's session is not connected; it tries by itself. If this stays, look at"
                        + " the check zookeeper");
    }

    private static HealthCheck.Result zookeeper(Bumba bumba, String connectString, ExecutorService executor)
            throws InterruptedException {
        long begun = System.nanoTime();
        Future<?> probe = executor.submit(bumba::probe);
        try {
            probe.get(PROBE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            return HealthCheck.Result.healthy(
                    "a write took %d ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        } catch (TimeoutException e) {
            probe.cancel(true);
            return unhealthy("no write within " + PROBE_DEADLINE.toSeconds() + " s on " + connectString
                    + ": no server, or no quorum. No lock is granted until it is back; see that a majority of the"
                    + " servers runs");
        } catch (ExecutionException e) {
            Throwable why = Objects.requireNonNullElse(e.getCause(), e);
            String code = why instanceof BumbaException b ? b.code() + ": " : "";
            return unhealthy("a write failed on " + connectString + " (" + code + why.getMessage()
                    + "); see that a majority of the servers runs and that the fleet key is the cluster's");
        }
    }

    static HealthCheck.Result versions(String connectString) {
        List<String> seen = new ArrayList<>();
        List<String> bad = new ArrayList<>();
        for (String server : connectString.split(",", -1)) {
            Optional<String> version = versionOf(server);
            seen.add(server + " " + version.orElse("not known"));
            version.flatMap(ServerVersions::defect)
                    .ifPresent(why -> bad.add(server + " runs " + version.orElseThrow() + ", which " + why));
        }
        return bad.isEmpty()
                ? HealthCheck.Result.healthy("%s", String.join(", ", seen))
                : unhealthy(String.join("; ", bad));
    }

    private static Optional<String> versionOf(String server) {
        int colon = server.lastIndexOf(':');
        String host = server.substring(0, colon).replaceAll("^\\[|]$", "");
        int port = Integer.parseInt(server.substring(colon + 1));
        try {
            return ServerVersions.inAnswer(
                    FourLetterWordMain.send4LetterWord(host, port, "srvr", false, VERSION_DEADLINE_MILLIS));
        } catch (IOException | X509Exception.SSLContextException e) {
            return Optional.empty();
        }
    }

    private static HealthCheck.Result writable(DataDirectory data) {
        try {
            data.prove();
            return HealthCheck.Result.healthy("wrote and synced a file in %s", data.path());
        } catch (IOException e) {
            return unhealthy("cannot write in " + data.path() + " (" + e
                    + "); see its mode, its owner and that the file system is not read-only or full");
        }
    }

    private static HealthCheck.Result disk(DataDirectory data, long minFreeBytes) throws IOException {
        long free = Files.getFileStore(data.path()).getUsableSpace();
        String text = megabytes(free) + " MB free under " + data.path();
        return free >= minFreeBytes
                ? HealthCheck.Result.healthy("%s", text)
                : unhealthy(text + ", less than minFreeDisk of " + megabytes(minFreeBytes)
                        + " MB; ZooKeeper stops when the disk is full: make room");
    }

    private static long megabytes(long bytes) {
        return bytes / 1_000_000;
    }

    /** The text is no format: it may hold a percent sign. */
    private static HealthCheck.Result unhealthy(String text) {
        return HealthCheck.Result.builder().unhealthy().withMessage("%s", text).build();
    }
}
