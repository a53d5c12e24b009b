package io.bumba.coordinator;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import com.codahale.metrics.health.HealthCheckRegistry;
import com.codahale.metrics.jvm.GarbageCollectorMetricSet;
import com.codahale.metrics.jvm.MemoryUsageGaugeSet;
import com.codahale.metrics.jvm.ThreadStatesGaugeSet;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.bumba.lock.BreakRequest;
import io.bumba.lock.BreakResult;
import io.bumba.path.CasePolicy;
import io.bumba.path.RepoPath;
import io.bumba.territory.Explanation;
import io.bumba.territory.RevokeResult;
import io.bumba.zk.Secret;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.SizeLimitHandler;

/** The API and the admin port: Dropwizard's server with our gate before it and our errors in it. */
final class HttpServer implements AutoCloseable {
    /** Nothing that is asked for has a larger body. */
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private static final Duration PICTURE_MAX_AGE = Duration.ofSeconds(1);
    private static final Duration PICTURE_PATIENCE = Duration.ofSeconds(2);
    private static final Duration HEALTH_MAX_AGE = Duration.ofSeconds(5);
    private static final Duration HEALTH_PATIENCE = Duration.ofSeconds(4);

    /** The same about territories. */
    record TerritoryContent(
            Function<RepoPath, Set<String>> at,
            BiFunction<RepoPath, Optional<String>, Explanation> explain,
            Supplier<TerritoryResource.Revoked> revocations,
            Supplier<TerritoryResource.InForce> policy,
            Function<RevokeOrder, RevokeResult> revoker) {}

    /** What the server shows, by whoever can read it, and does: pictures, records, breaks; health by the registry's checks. */
    record Content(
            ApiResource.Fixed fixed,
            ApiResource.Identity identity,
            Supplier<Picture> pictures,
            Supplier<ApiResource.Broken> breaks,
            Function<BreakRequest, BreakResult> breaker,
            TerritoryContent territories,
            MetricRegistry metrics,
            HealthCheckRegistry health) {}

    private final Server server;
    private final Optional<Path> unixSocket;

    private HttpServer(Server server, Optional<Path> unixSocket) {
        this.server = server;
        this.unixSocket = unixSocket;
    }

    /** @throws StartFailure when a port is taken or the configuration of a connector is wrong */
    static HttpServer start(CoordinatorConfig config, Secret operatorToken, Content content, Executor executor) {
        Optional<Path> unixSocket =
                config.unixSocket().filter(p -> UnixSocket.tooLong(p).isEmpty());
        unixSocket.ifPresent(UnixSocket::makeRoom);
        Environment environment = environment(config, content);
        resources(environment, content, config.casePolicy(), executor);
        tasks(environment, content, config.casePolicy());
        DefaultServerFactory factory = config.server();
        factory.setRegisterDefaultExceptionMappers(false);
        unixSocket.ifPresent(path -> addUnixSocket(factory, path));
        factory.configure(environment);
        Server server = factory.build(environment);
        server.setStopAtShutdown(false);
        guard(server, environment, new Gate(loopbackOnly(factory), operatorToken));
        HttpServer started = new HttpServer(server, unixSocket);
        started.start();
        return started;
    }

    static void demandFreePorts(DefaultServerFactory factory) {
        tcp(factory.getApplicationConnectors())
                .forEach(c -> Ports.demandFree("the API", c.getBindHost(), c.getPort(), "--port N"));
        tcp(factory.getAdminConnectors())
                .forEach(c -> Ports.demandFree("the admin port", c.getBindHost(), c.getPort(), "--admin-port N"));
    }

    static boolean loopbackOnly(DefaultServerFactory factory) {
        return Stream.concat(tcp(factory.getApplicationConnectors()), tcp(factory.getAdminConnectors()))
                .allMatch(c -> Ports.isLoopback(c.getBindHost()));
    }

    Endpoints endpoints(String zookeeper) {
        return Endpoints.of(server, zookeeper, unixSocket);
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }

    private void start() {
        try {
            server.start();
        } catch (Exception e) {
            stopQuietly(e);
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof StartFailure failure) {
                    throw failure;
                }
                if (cause instanceof BindException) {
                    throw new StartFailure(
                            StartFailure.Reason.PORT_TAKEN,
                            e.getMessage() + ": " + cause.getMessage()
                                    + "; choose another with --port N, or any free ones with --port 0",
                            e);
                }
            }
            throw new StartFailure(StartFailure.Reason.FAILED, "the HTTP server cannot start: " + e, e);
        }
    }

    private void stopQuietly(Exception why) {
        try {
            server.stop();
        } catch (Exception e) {
            why.addSuppressed(e);
        }
    }

    private static Environment environment(CoordinatorConfig config, Content content) {
        MetricRegistry metrics = content.metrics();
        metrics.register("jvm.gc", new GarbageCollectorMetricSet());
        metrics.register("jvm.memory", new MemoryUsageGaugeSet());
        metrics.register("jvm.threads", new ThreadStatesGaugeSet());
        ObjectMapper mapper = Jackson.newObjectMapper().disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
        return new Environment(
                "coordinator",
                mapper,
                Validators.newValidatorFactory(),
                metrics,
                HttpServer.class.getClassLoader(),
                content.health(),
                config);
    }

    private static void resources(Environment environment, Content content, CasePolicy casePolicy, Executor executor) {
        Refreshed<Picture> pictures = picture(content.pictures(), executor);
        Refreshed<Map<String, HealthCheck.Result>> health = new Refreshed<>(
                () -> content.health().runHealthChecks(), executor, System::nanoTime, HEALTH_MAX_AGE, HEALTH_PATIENCE);
        environment.jersey().setUrlPattern("/api/*");
        environment
                .jersey()
                .register(new ApiResource(
                        content.fixed(), content.identity(), pictures, picture(content.breaks(), executor), health));
        environment.jersey().register(territories(content.territories(), pictures, casePolicy, executor));
        environment.jersey().register(new ProblemMapper());
        environment.servlets().addServlet("index", new IndexServlet()).addMapping("");
        environment.metrics().register("territories", new TerritoryGauges(pictures));
    }

    private static TerritoryResource territories(
            TerritoryContent content, Refreshed<Picture> pictures, CasePolicy casePolicy, Executor executor) {
        return new TerritoryResource(
                new TerritoryResource.Sources(
                        pictures,
                        content.at(),
                        (path, agent) -> picture(
                                        () -> new TerritoryResource.Looked(
                                                content.explain().apply(path, agent), Instant.now()),
                                        executor)
                                .get(),
                        picture(content.revocations(), executor),
                        picture(content.policy(), executor)),
                casePolicy);
    }

    private static <T> Refreshed<T> picture(Supplier<T> source, Executor executor) {
        return new Refreshed<>(source, executor, System::nanoTime, PICTURE_MAX_AGE, PICTURE_PATIENCE);
    }

    private static void tasks(Environment environment, Content content, CasePolicy casePolicy) {
        ObjectMapper json = environment.getObjectMapper();
        environment
                .admin()
                .addServlet("break-lock", new BreakServlet(content.fixed(), casePolicy, content.breaker(), json))
                .addMapping(BreakServlet.PATH);
        environment
                .admin()
                .addServlet(
                        "revoke-territory",
                        new RevokeServlet(content.fixed(), content.territories().revoker(), json))
                .addMapping(RevokeServlet.PATH);
    }

    private static void guard(Server server, Environment environment, Gate gate) {
        SizeLimitHandler sizes = new SizeLimitHandler(MAX_BODY_BYTES, -1);
        sizes.setHandler(server.getHandler());
        gate.setHandler(sizes);
        server.setHandler(gate);
        ProblemErrorHandler errors = new ProblemErrorHandler();
        server.setErrorHandler(errors);
        environment.getApplicationContext().setErrorHandler(errors);
        environment.getAdminContext().setErrorHandler(errors);
    }

    private static void addUnixSocket(DefaultServerFactory factory, Path path) {
        List<ConnectorFactory> connectors = new ArrayList<>(factory.getApplicationConnectors());
        connectors.add(new UnixSocket(path));
        factory.setApplicationConnectors(connectors);
    }

    private static Stream<HttpConnectorFactory> tcp(List<ConnectorFactory> connectors) {
        return connectors.stream()
                .filter(HttpConnectorFactory.class::isInstance)
                .map(HttpConnectorFactory.class::cast);
    }
}
