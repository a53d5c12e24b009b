package io.bumba.coordinator;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The coordinator's process. Standard output says where it is reached and what to try; failures go to standard error in
 * one message; everything else goes to the log. SIGTERM and SIGINT end it in order (exit codes 143 and 130).
 */
public final class Main {
    private static final Duration END_DEADLINE = Duration.ofSeconds(10);

    private Main() {}

    public static void main(String[] args) {
        EmbeddedZooKeeper.raiseMessageLimit();
        BootstrapLogging.bootstrap(Level.WARN);
        PrintStream out = utf8(FileDescriptor.out);
        PrintStream err = utf8(FileDescriptor.err);
        try {
            Optional<StartOptions> options = new CommandLine().parse(args);
            if (options.isPresent()) {
                run(options.get(), out, err);
            }
        } catch (StartFailure e) {
            err.println("coordinator: " + e.getMessage());
            System.exit(e.reason().exitCode());
        } catch (RuntimeException | Error e) {
            err.println("coordinator: it cannot start, for a reason that was not foreseen");
            e.printStackTrace(err);
            System.exit(StartFailure.Reason.FAILED.exitCode());
        }
    }

    private static void run(StartOptions options, PrintStream out, PrintStream err) {
        Coordinator coordinator = Coordinator.start(options, System.getenv(), why -> {
            err.println("coordinator: " + why + "; it ends. Start it again when the cause is gone");
            new Thread(() -> System.exit(StartFailure.Reason.FAILED.exitCode()), "end").start();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(coordinator), "shutdown"));
        announce(coordinator, out);
    }

    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }

    private static void announce(Coordinator coordinator, PrintStream out) {
        Endpoints reached = coordinator.endpoints();
        CoordinatorConfig config = coordinator.config();
        String socket = reached.unixSocket()
                .map(Path::toString)
                .or(() -> config.unixSocket().flatMap(UnixSocket::tooLong))
                .orElse("none");
        out.printf(
                "BUMBA coordinator %s is up, %.1f s after its start%n"
                        + "  API          %s%n"
                        + "  admin        %s%n"
                        + "  ZooKeeper    %s%n"
                        + "  Unix socket  %s%n"
                        + "  workspace    %s%n"
                        + "  data         %s%n"
                        + "Try next, in a project's directory:%n"
                        + "  %10$s init%9$s     binds it to this coordinator, once%n"
                        + "  %10$s run%9$s --lock README.md -- sleep 20%n"
                        + "  %10$s status%9$s   what everybody does%n"
                        + "Ctrl-C ends it.%n",
                Version.TEXT,
                ManagementFactory.getRuntimeMXBean().getUptime() / 1_000.0,
                reached.api(),
                reached.admin(),
                reached.zookeeper(),
                socket,
                config.workspace(),
                config.dataDirectory(),
                dataOption(config),
                System.getenv().getOrDefault("BUMBA_COMMAND", "bumba"));
    }

    /** What other commands must be told to find this coordinator. */
    private static String dataOption(CoordinatorConfig config) {
        String home = System.getenv().getOrDefault("HOME", "");
        String share = System.getenv().getOrDefault("XDG_DATA_HOME", home + "/.local/share");
        String usual = System.getenv().getOrDefault("BUMBA_DATA", share + "/bumba");
        return config.dataDirectory().toString().equals(usual) ? "" : " --data " + config.dataDirectory();
    }

    /** Ends in order, but not for ever: what hangs is left to the end of the process. */
    private static void end(Coordinator coordinator) {
        Thread closing = new Thread(coordinator::close, "closing");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(END_DEADLINE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
