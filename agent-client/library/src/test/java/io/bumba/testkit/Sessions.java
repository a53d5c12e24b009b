package io.bumba.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.ZooKeeperServer;

/**
 * Opens sessions, and ends them without waiting for a timeout. All {@code expire} methods return when the server has
 * removed the session with its ephemerals; the client itself learns of it when it reconnects, within about a second:
 * {@link #awaitExpired}.
 */
public final class Sessions {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 20;
    /** ZooKeeper's secret, from which a session's password follows. */
    private static final long SECRET = 0XB3415C00L;

    private Sessions() {}

    /** A connected session without a watcher. */
    public static ZooKeeper connect(String connectString, Duration timeout) {
        Attached attached = open(connectString, timeout, 0, new byte[16]);
        if (attached.expired()) {
            throw new IllegalStateException("a new session expired at once at " + connectString);
        }
        return attached.zooKeeper();
    }

    /**
     * A second connection to a session that exists; the first one is thrown out, reconnects within a second, and throws
     * this one out.
     *
     * @throws IllegalStateException when the session has ended
     */
    public static ZooKeeper attach(String connectString, long sessionId, byte[] password, Duration timeout) {
        Attached attached = open(connectString, timeout, sessionId, password);
        if (attached.expired()) {
            throw new IllegalStateException("session 0x" + Long.toHexString(sessionId) + " has ended");
        }
        return attached.zooKeeper();
    }

    /** Expires the session at the server that this handle is connected to. */
    public static void expire(ZooKeeper zooKeeper) {
        expire(serverOf(zooKeeper), zooKeeper.getSessionId(), zooKeeper.getSessionPasswd());
    }

    /** Expires the session, whose handle need not be connected. */
    public static void expire(ZooKeeper zooKeeper, String connectString) {
        expire(connectString, zooKeeper.getSessionId(), zooKeeper.getSessionPasswd());
    }

    /** Expires a session of which only the id is known: that of a killed process, say. */
    public static void expire(String connectString, long sessionId) {
        expire(connectString, sessionId, passwordOf(sessionId));
    }

    /** Expires by the way everybody has: attach to the session, close it, and see that nobody can attach any more. */
    private static void expire(String connectString, long sessionId, byte[] password) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Attached second = open(connectString, DEADLINE, sessionId, password);
            close(second.zooKeeper());
            if (second.expired()) {
                return;
            }
        }
        throw new IllegalStateException("session 0x" + Long.toHexString(sessionId) + " still lives after being closed "
                + ATTEMPTS + " times at " + connectString);
    }

    /** Expires as the server itself does when a timeout has passed: no second connection, no race with a reconnect. */
    public static void expireAtServer(ZkServer server, long sessionId) {
        ZooKeeperServer internals = server.server();
        internals.expire(sessionId);
        Deadline.until(
                "session 0x" + Long.toHexString(sessionId) + " is removed",
                DEADLINE,
                () -> !internals.getZKDatabase().getSessions().contains(sessionId));
    }

    /**
     * Makes the client alone believe that its session has expired. The server keeps the session, and <em>its ephemerals
     * stay visible</em> until the timeout: what a client meets that reconnects in a new session to a server which has
     * not yet heard of the old one's end (fault 23).
     */
    public static void expireAtClientOnly(ZooKeeper zooKeeper) {
        zooKeeper.getTestable().injectSessionExpiration();
        awaitExpired(zooKeeper, DEADLINE);
    }

    /** Closes the handle's socket; it reconnects to the same session within about a second. */
    public static void disconnect(ZooKeeper zooKeeper) {
        try {
            zooKeeper.getTestable().closeSocket();
            // The client's thread sleeps until its next ping is due: a request wakes it.
            zooKeeper.exists("/", false, (code, path, context, stat) -> {}, null);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the socket", e);
        }
    }

    /** Waits until the handle knows that its session has ended. */
    public static void awaitExpired(ZooKeeper zooKeeper, Duration atMost) {
        Deadline.until(
                "the handle of session 0x" + Long.toHexString(zooKeeper.getSessionId()) + " knows that it has expired",
                atMost,
                () -> !zooKeeper.getState().isAlive());
    }

    /** Closes a handle and waits for its threads. */
    public static void close(ZooKeeper zooKeeper) {
        try {
            zooKeeper.close((int) DEADLINE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while closing a session", e);
        }
    }

    /** The password that every server gives to a session of this id. */
    static byte[] passwordOf(long sessionId) {
        byte[] password = new byte[16];
        new Random(sessionId ^ SECRET).nextBytes(password);
        return password;
    }

    private static Attached open(String connectString, Duration timeout, long sessionId, byte[] password) {
        CountDownLatch known = new CountDownLatch(1);
        AtomicBoolean expired = new AtomicBoolean();
        try {
            ZooKeeper zooKeeper = new ZooKeeper(
                    connectString,
                    (int) timeout.toMillis(),
                    event -> {
                        if (event.getState() == KeeperState.Expired) {
                            expired.set(true);
                        }
                        if (event.getState() == KeeperState.Expired || event.getState() == KeeperState.SyncConnected) {
                            known.countDown();
                        }
                    },
                    sessionId,
                    password);
            if (!known.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                zooKeeper.close();
                throw new IllegalStateException("no connection to " + connectString + " within " + DEADLINE);
            }
            return new Attached(zooKeeper, expired.get());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to " + connectString, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while connecting to " + connectString, e);
        }
    }

    private static String serverOf(ZooKeeper zooKeeper) {
        try {
            Method remote = ZooKeeper.class.getDeclaredMethod("testableRemoteSocketAddress");
            remote.setAccessible(true);
            if (remote.invoke(zooKeeper) instanceof InetSocketAddress address) {
                return address.getHostString() + ":" + address.getPort();
            }
            throw new IllegalStateException("not connected, so say where: expire(zooKeeper, connectString)");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("another ZooKeeper version? say where: expire(handle, connectString)", e);
        }
    }

    private record Attached(ZooKeeper zooKeeper, boolean expired) {}
}
