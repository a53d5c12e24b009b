package io.bumba;

import io.bumba.zk.Secret;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What to connect to and how. Start from {@link #of} and refine; every value is checked at once.
 *
 * @param connectString ZooKeeper servers, {@code host:port[,host:port...]}, without a chroot
 * @param root the znode below which everything lies
 * @param workspace the project whose files are locked, {@code [A-Za-z0-9_.-]}, 1 to 64 characters
 * @param sessionTimeout how long after its death an agent's locks are gone; the servers may bound it
 * @param connectTimeout how long {@link Bumba#connect} waits for a server
 * @param operationTimeout how long one operation waits for an answer of the servers, waiting in a queue not counted
 * @param fleetKey the digest credential of the fleet; without it the znodes are open to whoever reaches the port
 * @param maxEphemeralBytes the most bytes of paths of ephemeral znodes in one session; above about 1 MB the end of the
 *     session would write a record that keeps a server from starting
 */
public record BumbaConfig(
        String connectString,
        String root,
        String workspace,
        Duration sessionTimeout,
        Duration connectTimeout,
        Duration operationTimeout,
        Optional<Secret> fleetKey,
        int maxEphemeralBytes) {
    public static final String DEFAULT_ROOT = "/bumba";
    public static final String DEFAULT_WORKSPACE = "default";
    public static final int DEFAULT_MAX_EPHEMERAL_BYTES = 512 * 1024;

    private static final Pattern WORKSPACE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern SERVERS =
            Pattern.compile("[A-Za-z0-9_.\\-\\[\\]:]+:[0-9]{1,5}(,[A-Za-z0-9_.\\-\\[\\]:]+:[0-9]{1,5})*");

    public BumbaConfig {
        Objects.requireNonNull(fleetKey, "fleetKey");
        if (!SERVERS.matcher(connectString).matches()) {
            throw new IllegalArgumentException("connectString '" + connectString
                    + "' is not of the form host:port[,host:port...]; a chroot goes into 'root'");
        }
        if (!root.matches("(/[A-Za-z0-9_.-]+)+") || root.equals("/zookeeper") || root.startsWith("/zookeeper/")) {
            throw new IllegalArgumentException("root '" + root + "' is not a znode path such as " + DEFAULT_ROOT);
        }
        requireWorkspace(workspace);
        bounds("sessionTimeout", sessionTimeout, Duration.ofMillis(500), Duration.ofMinutes(10));
        bounds("connectTimeout", connectTimeout, Duration.ofMillis(100), Duration.ofMinutes(5));
        bounds("operationTimeout", operationTimeout, Duration.ofMillis(100), Duration.ofMinutes(5));
        if (maxEphemeralBytes < 1_024 || maxEphemeralBytes > 1_000_000) {
            throw new IllegalArgumentException("maxEphemeralBytes " + maxEphemeralBytes + " is not in 1024..1000000");
        }
    }

    /** The defaults, against these servers. */
    public static BumbaConfig of(String connectString) {
        return builder(connectString).build();
    }

    public static Builder builder(String connectString) {
        return new Builder(connectString);
    }

    /** Values not set keep their defaults. Not thread-safe. */
    public static final class Builder {
        private final String connectString;
        private String root = DEFAULT_ROOT;
        private String workspace = DEFAULT_WORKSPACE;
        private Duration sessionTimeout = Duration.ofSeconds(10);
        private Duration connectTimeout = Duration.ofSeconds(8);
        private Duration operationTimeout = Duration.ofSeconds(10);
        private Optional<Secret> fleetKey = Optional.empty();
        private int maxEphemeralBytes = DEFAULT_MAX_EPHEMERAL_BYTES;

        private Builder(String connectString) {
            this.connectString = connectString;
        }

        public Builder root(String value) {
            root = value;
            return this;
        }

        public Builder workspace(String value) {
            workspace = value;
            return this;
        }

        public Builder sessionTimeout(Duration value) {
            sessionTimeout = value;
            return this;
        }

        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        public Builder operationTimeout(Duration value) {
            operationTimeout = value;
            return this;
        }

        public Builder fleetKey(Secret value) {
            fleetKey = Optional.of(value);
            return this;
        }

        public Builder maxEphemeralBytes(int value) {
            maxEphemeralBytes = value;
            return this;
        }

        /** @throws IllegalArgumentException naming the value that breaks its rule */
        public BumbaConfig build() {
            return new BumbaConfig(
                    connectString,
                    root,
                    workspace,
                    sessionTimeout,
                    connectTimeout,
                    operationTimeout,
                    fleetKey,
                    maxEphemeralBytes);
        }
    }

    static String requireWorkspace(String name) {
        if (!isWorkspace(name)) {
            throw new IllegalArgumentException(
                    "workspace '" + name + "' is not of the form [A-Za-z0-9_.-], 1 to 64 characters");
        }
        return name;
    }

    /** Whether a workspace may have this name. */
    public static boolean isWorkspace(String name) {
        return WORKSPACE.matcher(name).matches() && !name.matches("\\.+");
    }

    private static void bounds(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " " + value + " is not between " + least + " and " + most);
        }
    }
}
