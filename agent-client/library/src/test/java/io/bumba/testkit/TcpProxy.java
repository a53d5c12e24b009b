package io.bumba.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bad network between ZooKeeper clients and one server: clients connect to {@link #connectString()}.
 *
 * <pre>
 * {@link #pass()}          everything arrives (at the start, and after every other)
 * {@link #stall()}         nothing arrives now, all of it after pass(): a partition that TCP survives
 * {@link #dropReplies()}   requests arrive, replies are swallowed
 * {@link #dropRequests()}  requests are swallowed, replies arrive
 * {@link #blackhole()}     both are swallowed; connections stay half open, no FIN, no RST, on either side
 * {@link #refuse()}        connections are closed, new ones refused
 * </pre>
 *
 * A connection that lost bytes cannot go on; {@code pass()} closes it. {@link #delay} adds to any of these.
 * {@link #cut()} closes the present connections and changes nothing else.
 *
 * <p>Single requests: {@link #loseRequest}, {@link #loseReplyTo}, {@link #beforeRequest} and {@link #beforeReply} strike
 * once, at the next request that matches, on whatever connection; the request's operation is its opcode
 * ({@code org.apache.zookeeper.ZooDefs.OpCode}), and a CONNECT, which has none, never matches. Each returns a
 * {@link Fault} to wait for. What is not ZooKeeper's framing (four letter words) passes unseen.
 *
 * <p>Thread-safe. Each connection has four daemon threads; a fault's hook runs on one of them, and holds up its
 * direction of its connection only.
 */
public final class TcpProxy implements AutoCloseable {
    enum Mode {
        PASS(true, true),
        STALL(true, true),
        DROP_REPLIES(true, false),
        DROP_REQUESTS(false, true),
        BLACKHOLE(false, false),
        REFUSE(false, false);

        private final boolean requests;
        private final boolean replies;

        Mode(boolean requests, boolean replies) {
            this.requests = requests;
            this.replies = replies;
        }

        boolean passes(Direction direction) {
            return direction == Direction.REQUESTS ? requests : replies;
        }
    }

    enum Direction {
        REQUESTS,
        REPLIES
    }

    /**
     * A request on its way to the server.
     *
     * @param xid the client's number for it, unique in its connection
     * @param opCode what it asks for
     * @param frame all of it, without the four bytes of its length
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Request(int xid, int opCode, byte[] frame) {}

    private final int targetPort;
    private final int port;
    private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
    /** Clients that came while everything was swallowed: the server does not hear of them. */
    private final Set<Socket> unheard = ConcurrentHashMap.newKeySet();

    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private Mode mode = Mode.PASS;
    private volatile Duration delay = Duration.ZERO;
    private @Nullable ServerSocket listener;
    private boolean closed;

    private TcpProxy(int targetPort) {
        this.targetPort = targetPort;
        this.port = Ports.free();
    }

    /** A proxy in front of a server on this machine. */
    public static TcpProxy to(int targetPort) {
        TcpProxy proxy = new TcpProxy(targetPort);
        proxy.listen();
        return proxy;
    }

    public static TcpProxy to(ZkServer server) {
        return to(server.port());
    }

    public static TcpProxy to(ZkProcess server) {
        return to(server.port());
    }

    /** Host and port, for clients. */
    public String connectString() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Ends any other state. */
    public void pass() {
        enter(Mode.PASS);
    }

    public void stall() {
        enter(Mode.STALL);
    }

    public void dropReplies() {
        enter(Mode.DROP_REPLIES);
    }

    public void dropRequests() {
        enter(Mode.DROP_REQUESTS);
    }

    public void blackhole() {
        enter(Mode.BLACKHOLE);
    }

    public void refuse() {
        enter(Mode.REFUSE);
    }

    /** Closes the present connections; new ones are served as before. */
    public void cut() {
        links.forEach(ProxyLink::close);
    }

    /** Every frame, in both directions, arrives this much later; zero at the start. */
    public void delay(Duration each) {
        delay = each;
    }

    /** The connections that are open now. */
    public int connections() {
        return links.size();
    }

    /** The next request with this opcode never reaches the server; its connection is closed. */
    public Fault loseRequest(int opCode) {
        return loseRequest(request -> request.opCode() == opCode);
    }

    public Fault loseRequest(Predicate<Request> which) {
        return arm(new Fault(Fault.Kind.LOSE_REQUEST, which, () -> {}));
    }

    /** The server executes and answers the next request with this opcode; the reply is lost, the connection closed. */
    public Fault loseReplyTo(int opCode) {
        return loseReplyTo(request -> request.opCode() == opCode);
    }

    public Fault loseReplyTo(Predicate<Request> which) {
        return arm(new Fault(Fault.Kind.LOSE_REPLY, which, () -> {}));
    }

    /** Runs the hook, which may block, before the next request with this opcode is forwarded. */
    public Fault beforeRequest(int opCode, Runnable hook) {
        return beforeRequest(request -> request.opCode() == opCode, hook);
    }

    public Fault beforeRequest(Predicate<Request> which, Runnable hook) {
        return arm(new Fault(Fault.Kind.BEFORE_REQUEST, which, hook));
    }

    /** Runs the hook, which may block, when the server has executed the next such request, before the client knows. */
    public Fault beforeReply(int opCode, Runnable hook) {
        return beforeReply(request -> request.opCode() == opCode, hook);
    }

    public Fault beforeReply(Predicate<Request> which, Runnable hook) {
        return arm(new Fault(Fault.Kind.BEFORE_REPLY, which, hook));
    }

    /** Closes all connections and refuses new ones, for good. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        enter(Mode.REFUSE);
    }

    private Fault arm(Fault fault) {
        faults.add(fault);
        return fault;
    }

    /** The armed fault that this request meets, disarmed; the oldest one first. */
    @Nullable
    Fault strikes(Request request) {
        Fault struck = faults.stream()
                .filter(fault -> fault.claim(request))
                .findFirst()
                .orElse(null);
        faults.remove(struck);
        return struck;
    }

    long delayNanos() {
        return delay.toNanos();
    }

    void ended(ProxyLink link) {
        links.remove(link);
    }

    /**
     * Waits while stalled; then tells whether a frame of this direction may be delivered. One that may not is noted as
     * the link's loss in the same breath, so that no {@link #pass()} overlooks it.
     */
    synchronized boolean delivers(Direction direction, ProxyLink link) throws InterruptedException {
        while (mode == Mode.STALL) {
            wait();
        }
        boolean passes = mode.passes(direction);
        if (!passes) {
            link.lost();
        }
        return passes;
    }

    private void enter(Mode next) {
        synchronized (this) {
            if (closed && next != Mode.REFUSE) {
                throw new IllegalStateException("the proxy is closed");
            }
            mode = next;
            notifyAll();
            unheard.forEach(ProxyLink::closeQuietly);
            unheard.clear();
        }
        if (next == Mode.REFUSE) {
            stopListening();
            cut();
            return;
        }
        if (next == Mode.PASS) {
            links.stream().filter(ProxyLink::hasLost).forEach(ProxyLink::close);
        }
        listen();
    }

    private synchronized void listen() {
        if (listener != null || closed) {
            return;
        }
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(Ports.loopback(port));
            listener = socket;
            Thread acceptor = new Thread(() -> accept(socket), "proxy " + port + " accepts");
            acceptor.setDaemon(true);
            acceptor.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen at " + port, e);
        }
    }

    private synchronized void stopListening() {
        ServerSocket socket = listener;
        listener = null;
        if (socket != null) {
            ProxyLink.closeQuietly(socket);
        }
    }

    private void accept(ServerSocket socket) {
        while (true) {
            try {
                serve(socket.accept());
            } catch (IOException listenerClosed) {
                return;
            }
        }
    }

    private synchronized void serve(Socket client) {
        if (mode == Mode.REFUSE) {
            ProxyLink.closeQuietly(client);
            return;
        }
        if (mode == Mode.BLACKHOLE) {
            unheard.add(client);
            return;
        }
        try {
            Socket server = new Socket();
            server.connect(Ports.loopback(targetPort), 2_000);
            ProxyLink link = new ProxyLink(this, client, server);
            links.add(link);
            link.start();
        } catch (IOException serverDown) {
            ProxyLink.closeQuietly(client);
        }
    }
}
