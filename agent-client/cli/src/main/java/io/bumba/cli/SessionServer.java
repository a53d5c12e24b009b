package io.bumba.cli;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * HTTP on a Unix socket that only this user can reach, for the commands and hooks inside a session. A request that waits
 * for a lock costs no thread. Gone with {@link #close}, and with it every request that waits.
 */
final class SessionServer implements AutoCloseable {
    /** The most bytes of one request; a hook sends the whole text that is to be written. */
    static final int MAX_BODY = 4 << 20;

    private static final int THREADS = 8;

    private final Server server;
    private final SessionSocket socket;

    private SessionServer(Server server, SessionSocket socket) {
        this.server = server;
        this.socket = socket;
    }

    /** @throws CliException PROBLEM when the socket cannot be made */
    static SessionServer open(SessionDesk desk, SessionSocket socket) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
        threads.setName("bumba-session");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        UnixDomainServerConnector connector =
                new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setUnixDomainPath(socket.path());
        server.addConnector(connector);
        server.setHandler(new Desk(desk));
        SessionServer opened = new SessionServer(server, socket);
        try {
            server.start();
            socket.restrict();
            return opened;
        } catch (Exception e) {
            opened.close();
            throw new CliException(
                    ExitCode.PROBLEM, "the session's socket " + socket.path() + " cannot be opened (" + e + ")", e);
        }
    }

    Path socket() {
        return socket.path();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            System.err.println("bumba: " + Text.oneLine("the session's socket did not close in order (" + e + ")"));
        }
        socket.close();
    }

    private static final class Desk extends Handler.Abstract {
        private final SessionDesk desk;

        Desk(SessionDesk desk) {
            this.desk = desk;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            boolean hook = Request.getPathInContext(request).equals("/hook/pre-edit");
            if (!HttpMethod.POST.is(request.getMethod())
                    || !(hook || Request.getPathInContext(request).equals("/command"))) {
                Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
                return true;
            }
            Content.Source.asByteArrayAsync(
                    request,
                    MAX_BODY,
                    Promise.Invocable.from(
                            Invocable.InvocationType.BLOCKING,
                            body -> new SessionReply(request, response, callback)
                                    .send(hook ? desk.preEdit(body) : desk.command(body)),
                            failure -> new SessionReply(request, response, callback).send(unread(failure))));
            return true;
        }

        private static SessionDesk.Asked unread(Throwable failure) {
            return new SessionDesk.Asked(
                    CompletableFuture.completedFuture(SessionAnswer.refusal(new CliException(
                            ExitCode.USAGE,
                            "the request could not be read, or is larger than 4 MB; ask for less at once",
                            failure))),
                    false);
        }
    }
}
