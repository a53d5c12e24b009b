package io.bumba.coordinator;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Where a running coordinator is reached from this machine.
 *
 * @param api the URL of the application port
 * @param admin the URL of the admin port
 * @param zookeeper a connect string
 */
record Endpoints(String api, String admin, String zookeeper, Optional<Path> unixSocket) {
    static Endpoints of(Server started, String zookeeper, Optional<Path> unixSocket) {
        return new Endpoints(url(started, "application"), url(started, "admin"), zookeeper, unixSocket);
    }

    private static String url(Server server, String name) {
        return Arrays.stream(server.getConnectors())
                .filter(c -> name.equals(c.getName()) && c instanceof ServerConnector)
                .map(ServerConnector.class::cast)
                .findFirst()
                .map(Endpoints::url)
                .orElseThrow(() -> new StartFailure(
                        StartFailure.Reason.BAD_CONFIGURATION, "server." + name + "Connectors must name a connector"));
    }

    private static String url(ServerConnector connector) {
        String scheme = connector.getBean(SslContextFactory.Server.class) != null
                        || connector.getProtocols().contains("ssl")
                ? "https"
                : "http";
        return scheme + "://" + Ports.reachedAt(connector.getHost()) + ":" + connector.getLocalPort();
    }
}
