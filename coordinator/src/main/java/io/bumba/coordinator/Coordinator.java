package io.bumba.coordinator;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import com.codahale.metrics.health.HealthCheckRegistry;
import io.bumba.Bumba;
import io.bumba.BumbaException;
import io.bumba.territory.TerritoryTable;
import io.bumba.zk.Leadership;
import io.bumba.zk.Secret;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running coordinator: starts everything in order and ends it in the opposite one. Data directory (locked), log, keys,
 * ZooKeeper, session, HTTP, run file; a start that fails half-way ends what it had begun.
 */
final class Coordinator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    private record Step(String name, AutoCloseable end) {}

    private final Deque<Step> begun = new ArrayDeque<>();
    private final CoordinatorConfig config;
    private final Endpoints endpoints;

    private Coordinator(CoordinatorConfig config, Consumer<String> onDeath) {
        this.config = config;
        try {
            this.endpoints = start(onDeath);
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /**
     * @param onDeath told, from a thread that must not be blocked, why the coordinator cannot go on; close it then
     * @throws StartFailure when it cannot start; nothing is left running
     */
    static Coordinator start(StartOptions options, Map<String, String> environment, Consumer<String> onDeath) {
        EmbeddedZooKeeper.raiseMessageLimit();
        CoordinatorConfig config = new ConfigFile(
                        Jackson.newObjectMapper(),
                        Validators.newValidatorFactory().getValidator(),
                        environment)
                .read(options);
        return new Coordinator(config, onDeath);
    }

    CoordinatorConfig config() {
        return config;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    /** Ends what runs, the last begun first; a step that fails does not keep the others from ending. Idempotent. */
    @Override
    public synchronized void close() {
        while (!begun.isEmpty()) {
            Step step = begun.pop();
            try {
                step.end().close();
            } catch (Exception e) {
                LOG.warn("ending the {} failed", step.name(), e);
            }
        }
    }

    private Endpoints start(Consumer<String> onDeath) {
        Instant startedAt = Instant.now();
        DataDirectory data = begin("data directory", DataDirectory.claim(config.dataDirectory()));
        HttpServer.demandFreePorts(config.server());
        config.getLoggingFactory().configure(new MetricRegistry(), "coordinator");
        begin("log", () -> config.getLoggingFactory().stop());
        LOG.info("BUMBA coordinator {} starts on {}", Version.TEXT, data.path());

        SecureRandom random = new SecureRandom();
        Secret fleetKey = KeyFile.readOrMake(config.fleetKeyFile(), random);
        Secret operatorToken = KeyFile.readOrMake(config.operatorTokenFile(), random);
        String servers = zookeeper(data, onDeath);
        Bumba bumba = begin("session", connect(servers, fleetKey));
        bumba.writeSettings(config.settings());
        Leadership leadership = begin("candidacy", bumba.standForLeader(Instance.draw(random)));
        MetricRegistry metrics = new MetricRegistry();
        begin("lease keeper", LeaseKeeper.start(bumba, leadership, config.leases(), System::nanoTime));
        begin(
                "territory keeper",
                TerritoryKeeper.start(bumba, leadership, config.territories(), metrics, System::nanoTime));
        Supplier<HealthCheck.Result> policy = policy(bumba, leadership);

        ExecutorService readers = Executors.newCachedThreadPool(Coordinator::reader);
        begin("readers", readers::shutdownNow);
        HealthCheckRegistry health = new HealthCheckRegistry();
        HealthChecks.register(health, bumba, servers, data, config.minFreeDiskBytes(), policy, readers);
        HttpServer http = begin(
                "HTTP", HttpServer.start(config, operatorToken, content(bumba, leadership, metrics, health), readers));
        Endpoints reached = http.endpoints(servers);
        runFile(data.run().resolve("coordinator.json"), RunFile.of(reached, config, bumba.clusterId(), startedAt));
        LOG.info("started: {}", reached);
        return reached;
    }

    /** Follows the policy file, if there is one; how that goes. */
    private Supplier<HealthCheck.Result> policy(Bumba bumba, Leadership leadership) {
        if (config.policyFile().isEmpty()) {
            return () -> HealthCheck.Result.healthy("no policyFile is configured: what was in force stays");
        }
        PolicyKeeper keeper = new PolicyKeeper(
                new PolicyFile(config.policyFile().get(), config.casePolicy()),
                PolicyKeeper.InForce.of(bumba, leadership));
        begin("policy keeper", keeper.start(config.policyCheckInterval()));
        return keeper::health;
    }

    private HttpServer.Content content(
            Bumba bumba, Leadership leadership, MetricRegistry metrics, HealthCheckRegistry health) {
        TerritoryTable territories = bumba.territoryTable();
        return new HttpServer.Content(
                new ApiResource.Fixed(
                        bumba.clusterId(), config.workspace(), config.settings().maxConcurrentAgents()),
                new ApiResource.Identity(leadership.instance(), leadership::isLeader),
                () -> Picture.read(bumba, territories, leadership),
                () -> new ApiResource.Broken(
                        bumba.breaks().latest(config.leases().breaksKept()), Instant.now()),
                order -> bumba.breaks().breakLock(order),
                new HttpServer.TerritoryContent(
                        territories::at,
                        territories::explain,
                        () -> new TerritoryResource.Revoked(
                                bumba.revocations().latest(config.territories().revocationsKept()), Instant.now()),
                        () -> new TerritoryResource.InForce(bumba.warden().policy(), Instant.now()),
                        order -> bumba.warden().revoke(order.territory(), order.by(), order.reason(), order.grace())),
                metrics,
                health);
    }

    private String zookeeper(DataDirectory data, Consumer<String> onDeath) {
        return config.zookeeper().embedded()
                ? begin("ZooKeeper", EmbeddedZooKeeper.start(config.zookeeper(), data.zookeeper(), onDeath))
                        .connectString()
                : config.zookeeper().connectString();
    }

    private Bumba connect(String servers, Secret fleetKey) {
        try {
            return Bumba.connect(config.bumba(servers, fleetKey));
        } catch (BumbaException e) {
            throw new StartFailure(StartFailure.Reason.FAILED, e.code() + ": " + e.getMessage(), e);
        }
    }

    private void runFile(Path file, RunFile content) {
        try {
            begin("run file", () -> RunFile.remove(file));
            content.write(file);
        } catch (IOException e) {
            throw new StartFailure(StartFailure.Reason.FAILED, "cannot write " + file + ": " + e, e);
        }
    }

    private static Thread reader(Runnable work) {
        Thread thread = new Thread(work, "reader");
        thread.setDaemon(true);
        return thread;
    }

    private <T extends AutoCloseable> T begin(String name, T thing) {
        begun.push(new Step(name, thing));
        return thing;
    }
}
