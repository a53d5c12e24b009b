package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.BumbaConfig;
import io.bumba.BumbaException;
import io.bumba.zk.Secret;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the coordinator and its ZooKeeper are: the option, else the environment variable, else what the coordinator wrote
 * into its data directory. The fleet's key and the operator's token are never sent to servers other than those that they
 * were found with, unless a variable names them.
 */
final class Target {
    /** Together with the JVM's start this stays below the ten seconds that are promised for a refusal. */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(6);

    private final Surroundings around;
    private final @Nullable Path dataOption;
    private final Optional<String> url;
    private final Optional<String> connect;
    private final Optional<String> workspace;

    Target(
            Surroundings around,
            @Nullable Path dataOption,
            @Nullable String url,
            @Nullable String connect,
            @Nullable String workspace) {
        this.around = around;
        this.dataOption = dataOption;
        this.url = firstOf(url, around.variable("BUMBA_URL"));
        this.connect = firstOf(connect, around.variable("BUMBA_CONNECT"));
        this.workspace = Optional.ofNullable(workspace);
    }

    /** The data directory, absolute; it need not exist. */
    Path data() {
        if (dataOption != null) {
            return around.cwd().resolve(dataOption);
        }
        String fromEnv = around.variable("BUMBA_DATA");
        if (!fromEnv.isEmpty()) {
            return around.cwd().resolve(fromEnv);
        }
        Path xdg = Path.of(around.variable("XDG_DATA_HOME"));
        if (xdg.isAbsolute()) {
            return xdg.resolve("bumba");
        }
        String home = around.variable("HOME");
        return Path.of(home.isEmpty() ? System.getProperty("user.home", "/") : home)
                .resolve(Path.of(".local", "share", "bumba"));
    }

    Optional<RunFile> runFile() {
        return RunFile.read(data());
    }

    /** The API's address, without a slash at the end. */
    String url() {
        return whole("url", url.or(() -> runFile().map(RunFile::apiUrl)).orElseThrow(notFound("--url URL")));
    }

    /**
     * The admin port's address, without a slash at the end.
     *
     * @param option what the command line says, before BUMBA_ADMIN_URL and the run file
     */
    String adminUrl(@Nullable String option) {
        return whole(
                "admin url",
                firstOf(option, around.variable("BUMBA_ADMIN_URL"))
                        .or(() -> runFile().map(RunFile::adminUrl))
                        .orElseThrow(notFound("--admin-url URL")));
    }

    private static String whole(String name, String found) {
        if (!found.matches("https?://[^/\\s]+/*")) {
            throw new CliException(
                    ExitCode.USAGE, name + " '" + found + "' is not of the form http://HOST:PORT, without a path");
        }
        return found.replaceAll("/+$", "");
    }

    String connect() {
        return connect.or(() -> runFile().map(RunFile::zookeeper)).orElseThrow(notFound("--connect HOST:PORT"));
    }

    /** The workspace that was asked for, if one was. */
    Optional<String> askedWorkspace() {
        return workspace;
    }

    /** The workspace that was asked for, else the coordinator's, else the default one. */
    String workspace() {
        return workspace.or(() -> runFile().map(RunFile::workspace)).orElse(BumbaConfig.DEFAULT_WORKSPACE);
    }

    Optional<Path> fleetKeyFile() {
        String named = around.variable("BUMBA_FLEET_KEY_FILE");
        if (!named.isEmpty()) {
            return Optional.of(around.cwd().resolve(named));
        }
        return runFile()
                .filter(run -> connect().equals(run.zookeeper()))
                .map(RunFile::fleetKeyFile)
                .map(data()::resolve);
    }

    /** The credential of the fleet, if one is known for these servers. */
    Optional<Secret> fleetKey() {
        return fleetKeyFile().map(file -> secret("fleet key", file, "BUMBA_FLEET_KEY_FILE"));
    }

    /** The operator's token, which a coordinator asks for that listens to more than its own machine. */
    Optional<Secret> operatorToken() {
        return operatorToken(url());
    }

    /** The operator's token, if it was named, or found with this address of the API or of the admin port. */
    Optional<Secret> operatorToken(String address) {
        String named = around.variable("BUMBA_OPERATOR_TOKEN_FILE");
        Optional<Path> file = !named.isEmpty()
                ? Optional.of(around.cwd().resolve(named))
                : runFile()
                        .filter(run -> address.equals(run.apiUrl()) || address.equals(run.adminUrl()))
                        .map(RunFile::operatorTokenFile)
                        .map(data()::resolve)
                        .filter(Files::isReadable);
        return file.map(f -> secret("operator token", f, "BUMBA_OPERATOR_TOKEN_FILE"));
    }

    BumbaConfig config(String inWorkspace) {
        BumbaConfig.Builder config =
                BumbaConfig.builder(connect()).workspace(inWorkspace).connectTimeout(CONNECT_TIMEOUT);
        fleetKey().ifPresent(config::fleetKey);
        return config.build();
    }

    /** Connects, or says in one line which address did not answer and what to do. */
    Bumba open(String inWorkspace) {
        BumbaConfig config = config(inWorkspace);
        try {
            return Bumba.connect(config);
        } catch (BumbaException e) {
            throw switch (e.code()) {
                case UNAVAILABLE -> new CliException(ExitCode.UNREACHABLE, e.getMessage() + staleHint(), e);
                case NO_AUTH ->
                    new CliException(
                            ExitCode.PROBLEM,
                            e.getMessage() + "; name the coordinator's fleet key by BUMBA_FLEET_KEY_FILE",
                            e);
                default -> e;
            };
        }
    }

    /** What to try when nobody answers. */
    String hint() {
        String stale = staleHint();
        return stale.isEmpty() ? "; is the coordinator up there? 'bumba doctor' looks closer" : stale;
    }

    private String staleHint() {
        Optional<RunFile> run = runFile();
        if (run.isPresent() && !run.get().processAlive()) {
            return "; the coordinator of " + data() + " (pid " + run.get().pid()
                    + ") does not run any more: start it again with '" + up() + "'";
        }
        return "";
    }

    /** The command that starts the coordinator of this data directory. */
    private String up() {
        return dataOption == null ? "bumba up" : "bumba up --data " + Text.oneLine(data().toString());
    }

    private Supplier<CliException> notFound(String option) {
        return () -> new CliException(
                ExitCode.UNREACHABLE,
                "no coordinator: " + RunFile.in(data()) + " does not exist; start one with '" + up()
                        + "', or name one with " + option + " or --data DIR");
    }

    private static Secret secret(String name, Path file, String variable) {
        try {
            return Secret.fromFile(file);
        } catch (UncheckedIOException e) {
            throw new CliException(
                    ExitCode.PROBLEM,
                    "the " + name + " " + file + " cannot be read (" + e.getCause() + "); name the coordinator's by "
                            + variable,
                    e);
        }
    }

    private static Optional<String> firstOf(@Nullable String option, String variable) {
        return option != null
                ? Optional.of(option)
                : Optional.of(Objects.requireNonNull(variable)).filter(v -> !v.isEmpty());
    }
}
