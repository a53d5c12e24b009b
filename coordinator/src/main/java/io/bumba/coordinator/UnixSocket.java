package io.bumba.coordinator;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.jetty.ConnectorFactory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * The API on a Unix domain socket that only this user opens. A socket that a killed coordinator left behind is removed
 * once it is certain that nobody listens there; anything else in its place is left alone.
 */
final class UnixSocket implements ConnectorFactory {
    /** The room that the system has for the path, its final NUL not counted. */
    static final int MAX_PATH_BYTES = 107;

    private final Path path;

    UnixSocket(Path path) {
        this.path = path;
    }

    /** Why there can be no socket of this path, for a person; empty when there can. */
    static Optional<String> tooLong(Path path) {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        return bytes <= MAX_PATH_BYTES
                ? Optional.empty()
                : Optional.of("none, for the path " + path + " has " + bytes + " bytes and the limit is "
                        + MAX_PATH_BYTES + "; set unixSocket to a shorter one");
    }

    @Override
    public Connector build(
            Server server, MetricRegistry metrics, @Nullable String name, @Nullable ThreadPool threadPool) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(8 * 1024);
        UnixDomainServerConnector connector = new PrivateConnector(server, http, path);
        connector.setName("unix");
        connector.setIdleTimeout(30_000);
        return connector;
    }

    private static final class PrivateConnector extends UnixDomainServerConnector {
        private final Path path;

        PrivateConnector(Server server, HttpConfiguration http, Path path) {
            super(server, new HttpConnectionFactory(http));
            this.path = path;
            setUnixDomainPath(path);
        }

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            Files.setPosixFilePermissions(path, PrivateFiles.FILE);
        }
    }

    /**
     * Makes the path free. To be called before the server is started: Jetty's connector removes whatever is there when it
     * is stopped, also when it never listened.
     *
     * @throws StartFailure when somebody listens there, or something else than a socket is there
     */
    static void makeRoom(Path path) {
        try {
            removeStale(path);
        } catch (IOException e) {
            throw new StartFailure(StartFailure.Reason.FAILED, "the Unix socket " + path + " cannot be made: " + e, e);
        }
    }

    private static void removeStale(Path path) throws IOException {
        Path directory = path.getParent();
        if (directory != null) {
            PrivateFiles.directory(directory);
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean socket = Boolean.TRUE.equals(
                Files.readAttributes(path, "isOther", LinkOption.NOFOLLOW_LINKS).get("isOther"));
        if (!socket) {
            throw new StartFailure(
                    StartFailure.Reason.BAD_CONFIGURATION,
                    "unixSocket " + path + " is there and is no socket; remove it or set unixSocket to another path");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (java.net.ConnectException nobodyListens) {
            Files.delete(path);
            return;
        }
        throw new StartFailure(
                StartFailure.Reason.PORT_TAKEN,
                "another process listens on the Unix socket " + path + "; set unixSocket to another path");
    }
}
