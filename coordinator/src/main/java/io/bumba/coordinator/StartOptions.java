package io.bumba.coordinator;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the command line says; it wins over the configuration file.
 *
 * @param config a file that changes some of the defaults
 * @param port the port of the API; the admin port and ZooKeeper's follow it (N, N+1, N+2, or all any when 0) unless given
 */
record StartOptions(
        Optional<Path> config,
        Optional<Path> data,
        Optional<String> workspace,
        Optional<Integer> port,
        Optional<Integer> adminPort,
        Optional<Integer> zookeeperPort) {
    static final StartOptions NONE = new StartOptions(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    StartOptions {
        check("--port", port, adminPort.isPresent() && zookeeperPort.isPresent() ? 65_535 : 65_533);
        check("--admin-port", adminPort, 65_535);
        check("--zookeeper-port", zookeeperPort, 65_535);
    }

    Optional<Integer> effectiveAdminPort() {
        return adminPort.or(() -> port.map(p -> p == 0 ? 0 : p + 1));
    }

    Optional<Integer> effectiveZookeeperPort() {
        return zookeeperPort.or(() -> port.map(p -> p == 0 ? 0 : p + 2));
    }

    private static void check(String option, Optional<Integer> port, int most) {
        port.filter(p -> p < 0 || p > most).ifPresent(p -> {
            throw new StartFailure(
                    StartFailure.Reason.BAD_CONFIGURATION,
                    option + " " + p + " is not in 0.." + most + "; 0 takes any free port");
        });
    }
}
