package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.bumba.lock.Breaks;
import io.bumba.territory.Revocations;
import io.bumba.zk.WorkspaceSettings;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    private Path dir;

    @BeforeEach
    void directory(@TempDir Path directory) {
        dir = directory;
    }

    @Test
    void theBuiltInFileIsValidAndGivesTheDefaultsOfTheLibrary() {
        CoordinatorConfig config = TestConfig.read(StartOptions.NONE);

        assertThat(config.settings()).isEqualTo(WorkspaceSettings.DEFAULT);
        assertThat(config.workspace()).isEqualTo("default");
        assertThat(config.dataDirectory()).isEqualTo(Path.of("/home/somebody/.local/share/bumba"));
        assertThat(config.unixSocket()).contains(Path.of("/home/somebody/.local/share/bumba/run/api.sock"));
        assertThat(config.zookeeper().embedded()).isTrue();
        assertThat(config.leases().breaksKept()).isEqualTo(Breaks.KEPT);
        assertThat(config.territories().revocationsKept()).isEqualTo(Revocations.KEPT);
        assertThat(config.territories().sweepInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.policyFile()).isEmpty();
        assertThat(ports(config)).containsExactly(7370, 7371, 7372);
        assertThat(HttpServer.loopbackOnly(config.server())).isTrue();
    }

    @Test
    void theFileInTheRepositoryIsTheOneInTheJar() throws Exception {
        assertThat(Path.of("../config/coordinator.yml"))
                .hasBinaryContent(
                        ConfigFile.class.getResourceAsStream("coordinator.yml").readAllBytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workspace: 'a b'                   | workspace         | [A-Za-z0-9_.-], 1 to 64 characters",
                "workspace: '..'                    | workspace         | [A-Za-z0-9_.-], 1 to 64 characters",
                "maxConcurrentAgents: 0             | maxConcurrentAgents | greater than or equal to 1",
                "maxConcurrentAgents: 100001        | maxConcurrentAgents | less than or equal to 100000",
                "maxConcurrentAgents: many          | maxConcurrentAgents | expected: int",
                "fileLockTimeout: 8d                | fileLockTimeout   | less than or equal to 7 DAYS",
                "fileLockTimeout: soon              | fileLockTimeout   | soon",
                "fileLockTimeout: -1s               | fileLockTimeout   | -1s",
                "caseInsensitive: maybe             | caseInsensitive   | expected: boolean",
                "departments: {Engineer: x}         | departments       | lower case",
                "departments: {engineer: 'a b'}     | departments       | must name a department",
                "sessionTimeout: 100ms              | sessionTimeout    | greater than or equal to 500 MILLISECONDS",
                "sessionTimeout: 1s                 | sessionTimeout    | zookeeper.minSessionTimeout",
                "dataDirectory: ''                  | dataDirectory     | must not be blank",
                "dataDirectory: ${NOT_SET}/x        | dataDirectory     | --data DIR",
                "root: bumba                        | root              | path of a znode",
                "root: /zookeeper                   | root              | path of a znode",
                "fleetKeyFile: ''                   | fleetKeyFile      | must not be blank",
                "operatorTokenFile: ''              | operatorTokenFile | must not be blank",
                "unixSocket:                        | unixSocket        | must not be null",
                "minFreeDisk: 1kB                   | minFreeDisk       | greater than or equal to 1 MEGABYTES",
                "zookeeper: {port: 70000}           | zookeeper.port    | less than or equal to 65535",
                "zookeeper: {embedded: false}       | connectString     | must name the servers",
                "zookeeper: {connectString: 'a:1'}  | connectString     | embedded must be false",
                "zookeeper: {connectString: 'a'}    | zookeeper.connectString | host:port",
                "zookeeper: {tickTime: 1m}          | zookeeper.tickTime | less than or equal to 10 SECONDS",
                "zookeeper: {minSessionTimeout: 1s} | minSessionTimeout | two ticks",
                "zookeeper: {maxSessionTimeout: 2h} | zookeeper.maxSessionTimeout | 1 HOURS",
                "zookeeper: {maxClientConnections: -1} | zookeeper.maxClientConnections | greater than or equal to 0",
                "zookeeper: {snapshotsKept: 1}      | zookeeper.snapshotsKept | greater than or equal to 3",
                "zookeeper: {startTimeout: 1ms}     | zookeeper.startTimeout | greater than or equal to 1 SECONDS",
                "zookeeper: {bindAddress: ''}       | zookeeper.bindAddress | must not be blank",
                "leases: {checkInterval: 10ms}      | leases.checkInterval | greater than or equal to 100 MILLISECONDS",
                "leases: {checkInterval: 2m}        | leases.checkInterval | less than or equal to 1 MINUTES",
                "leases: {grace: 0s}                | leases.grace      | greater than or equal to 100 MILLISECONDS",
                "leases: {grace: 2h}                | leases.grace      | less than or equal to 1 HOURS",
                "leases: {breaksKept: 0}            | leases.breaksKept | greater than or equal to 1",
                "leases: {breaksKept: 10001}        | leases.breaksKept | less than or equal to 10000",
                "territories: {sweepInterval: 10ms} | territories.sweepInterval | greater than or equal to 100 MILLISECONDS",
                "territories: {sweepInterval: 2m}   | territories.sweepInterval | less than or equal to 1 MINUTES",
                "territories: {revocationsKept: 0}  | territories.revocationsKept | greater than or equal to 1",
                "policyFile:                        | policyFile        | must not be null",
                "policyCheckInterval: 10ms          | policyCheckInterval | greater than or equal to 100 MILLISECONDS",
                "server: {maxThreads: 0}            | maxThreads        | greater than or equal to",
                "logging: {level: LOUD}             | logging.level     | must be one of OFF",
            })
    void aValueThatBreaksItsRuleIsNamedWithTheRule(String yaml, String key, String rule) {
        assertThat(refusal(yaml)).contains(key, rule);
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxConcurrentAgent: 5", "zookeeper: {prot: 5}", "server: {maxThread: 5}"})
    void anUnknownKeyIsNamedWithTheOneThatWasMeant(String yaml) {
        assertThat(refusal(yaml))
                .contains("Unrecognized field", "Did you mean")
                .containsAnyOf("- maxConcurrentAgents", "- port", "- maxThreads");
    }

    @Test
    void aFileThatIsNoYamlIsNamedWithTheLine() {
        assertThat(refusal("workspace: [a\nroot: b")).contains("no valid YAML", "line 2");
        assertThat(refusal("- a list")).contains("map of keys");
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        StartOptions options = new StartOptions(
                Optional.of(dir.resolve("none.yml")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThatThrownBy(() -> TestConfig.read(options)).hasMessageContaining("none.yml is not there");
    }

    @Test
    void aFileNeedsOnlyTheKeysThatItChanges() throws Exception {
        CoordinatorConfig config = TestConfig.read(
                TestConfig.options(dir.resolve("d"), "maxConcurrentAgents: 7", "departments: {cook: kitchen}"));

        assertThat(config.settings().maxConcurrentAgents()).isEqualTo(7);
        assertThat(config.settings().departments()).isEqualTo(Map.of("cook", "kitchen"));
        assertThat(config.settings().fileLockTimeoutMillis()).isEqualTo(30_000);
        assertThat(Files.exists(dir.resolve("d"))).isFalse();
    }

    @Test
    void thePolicyFileIsSeenFromTheConfigurationFile() {
        Path data = dir.resolve("d");
        assertThat(TestConfig.read(TestConfig.options(data, "policyFile: my/policy.yml"))
                        .policyFile())
                .contains(dir.resolve("my/policy.yml"));
        assertThat(TestConfig.read(TestConfig.options(data, "policyFile: ../p.yml"))
                        .policyFile())
                .contains(dir.resolveSibling("p.yml"));
        assertThat(TestConfig.read(TestConfig.options(data, "policyFile: /etc/p.yml"))
                        .policyFile())
                .contains(Path.of("/etc/p.yml"));
        assertThat(TestConfig.read(TestConfig.options(data, "policyFile: '{data}/p.yml'"))
                        .policyFile())
                .contains(data.resolve("p.yml"));
    }

    @Test
    void theEnvironmentChangesWhatTheFileNamesAndAnEmptyVariableChangesNothing() {
        CoordinatorConfig config = TestConfig.read(
                StartOptions.NONE,
                "BUMBA_WORKSPACE",
                "shop",
                "BUMBA_PORT",
                "9000",
                "BUMBA_ADMIN_PORT",
                "",
                "XDG_DATA_HOME",
                "/xdg");

        assertThat(config.workspace()).isEqualTo("shop");
        assertThat(ports(config)).containsExactly(9000, 7371, 7372);
        assertThat(config.dataDirectory()).isEqualTo(Path.of("/xdg/bumba"));
    }

    @Test
    void onePortOptionMovesAllThreeAndTheCommandLineWinsOverTheEnvironment() {
        StartOptions options = new CommandLine()
                .parse("up", "--port", "8000", "--admin-port", "9", "--data", "/d", "--workspace", "w")
                .orElseThrow();
        CoordinatorConfig config = TestConfig.read(options, "BUMBA_PORT", "9000", "BUMBA_DATA", "/e");

        assertThat(ports(config)).containsExactly(8000, 9, 8002);
        assertThat(config.dataDirectory()).isEqualTo(Path.of("/d"));
        assertThat(config.fleetKeyFile()).isEqualTo(Path.of("/d/keys/fleet"));
        assertThat(config.workspace()).isEqualTo("w");
    }

    @Test
    void portZeroMeansAnyForAllThree() {
        assertThat(ports(TestConfig.read(TestConfig.options(dir.resolve("d"))))).containsExactly(0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"up --port x", "up --port -1", "up --port 65534", "up --nonsense", "down", "up extra"})
    void aWrongCommandLineSaysWhatIsWrong(String line) {
        assertThatThrownBy(() -> new CommandLine().parse(line.split(" ")))
                .isInstanceOf(StartFailure.class)
                .asInstanceOf(type(StartFailure.class))
                .extracting(StartFailure::reason)
                .isEqualTo(StartFailure.Reason.BAD_CONFIGURATION);
    }

    private String refusal(String yaml) {
        StartOptions options = TestConfig.onlyFile(dir.resolve("d"), yaml.strip());
        try {
            TestConfig.read(options);
        } catch (StartFailure e) {
            assertThat(e.reason()).isEqualTo(StartFailure.Reason.BAD_CONFIGURATION);
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("accepted: " + yaml);
    }

    private static int[] ports(CoordinatorConfig config) {
        return new int[] {
            ((HttpConnectorFactory) config.server().getApplicationConnectors().get(0)).getPort(),
            ((HttpConnectorFactory) config.server().getAdminConnectors().get(0)).getPort(),
            config.zookeeper().port()
        };
    }
}
