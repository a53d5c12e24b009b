package io.bumba.testkit;

import io.bumba.testkit.TcpProxy.Direction;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One connection through a {@link TcpProxy}. In each direction a reader takes whole frames and stamps them, and a writer
 * delivers them when their time has come; faults strike at delivery.
 */
final class ProxyLink {
    /** Larger lengths are no frames but text, such as a four letter word. */
    private static final int LARGEST_FRAME = 64 << 20;

    private static final int CONNECT_FRAMES = 1;

    /** The payload of a frame, or raw bytes of a stream without frames; an empty raw chunk is the end. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Chunk(byte[] bytes, boolean framed, long readAt) {
        boolean isEnd() {
            return !framed && bytes.length == 0;
        }
    }

    private record Awaited(Fault fault, TcpProxy.Request request) {}

    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Map<Integer, Awaited> awaited = new ConcurrentHashMap<>();
    private volatile boolean lost;

    ProxyLink(TcpProxy proxy, Socket client, Socket server) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    void start() {
        startDirection(Direction.REQUESTS, client, server);
        startDirection(Direction.REPLIES, server, client);
    }

    /** Bytes of this link were swallowed: it cannot go on. */
    void lost() {
        lost = true;
    }

    boolean hasLost() {
        return lost;
    }

    void close() {
        if (closed.compareAndSet(false, true)) {
            closeQuietly(client);
            closeQuietly(server);
            proxy.ended(this);
        }
    }

    static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException alreadyBroken) {
            // Closed all the same.
        }
    }

    private void startDirection(Direction direction, Socket from, Socket to) {
        BlockingQueue<Chunk> queue = new LinkedBlockingQueue<>();
        daemon(() -> read(from, queue), "reads", direction);
        daemon(() -> deliver(direction, queue, to), "writes", direction);
    }

    private void daemon(Runnable work, String verb, Direction direction) {
        Thread thread = new Thread(work, "proxy " + proxy.port() + " " + verb + " " + direction);
        thread.setDaemon(true);
        thread.start();
    }

    private void read(Socket from, BlockingQueue<Chunk> queue) {
        try (InputStream raw = from.getInputStream()) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(raw));
            boolean framed = true;
            while (framed) {
                int length = in.readInt();
                framed = length >= 0 && length <= LARGEST_FRAME;
                if (framed) {
                    byte[] payload = new byte[length];
                    in.readFully(payload);
                    queue.add(new Chunk(payload, true, System.nanoTime()));
                } else {
                    byte[] word =
                            ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
                    queue.add(new Chunk(word, false, System.nanoTime()));
                }
            }
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                queue.add(new Chunk(java.util.Arrays.copyOf(buffer, n), false, System.nanoTime()));
            }
        } catch (EOFException end) {
            // The end follows below.
        } catch (IOException broken) {
            // Likewise.
        } finally {
            queue.add(new Chunk(new byte[0], false, System.nanoTime()));
        }
    }

    private void deliver(Direction direction, BlockingQueue<Chunk> queue, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            int frames = 0;
            while (true) {
                Chunk chunk = queue.take();
                long wait = chunk.readAt() + proxy.delayNanos() - System.nanoTime();
                if (wait > 0) {
                    TimeUnit.NANOSECONDS.sleep(wait);
                }
                if (!proxy.delivers(direction, this)) {
                    if (chunk.isEnd()) {
                        return; // Half open: pass() will close it.
                    }
                    continue;
                }
                if (chunk.isEnd()) {
                    break;
                }
                if (chunk.framed() && frames++ >= CONNECT_FRAMES && !mayPass(direction, chunk.bytes())) {
                    break;
                }
                out.write(wire(chunk));
                out.flush();
            }
            close();
        } catch (IOException broken) {
            close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    private boolean mayPass(Direction direction, byte[] frame) {
        ByteBuffer header = ByteBuffer.wrap(frame);
        return direction == Direction.REQUESTS ? requestMayPass(header, frame) : replyMayPass(header);
    }

    private boolean requestMayPass(ByteBuffer header, byte[] frame) {
        if (header.remaining() < 2 * Integer.BYTES) {
            return true;
        }
        TcpProxy.Request request = new TcpProxy.Request(header.getInt(), header.getInt(), frame);
        Fault fault = proxy.strikes(request);
        if (fault == null) {
            return true;
        }
        if (fault.waitsForReply()) {
            awaited.put(request.xid(), new Awaited(fault, request));
            return true;
        }
        return fault.strike(new Fault.Struck(request, 0, 0));
    }

    private boolean replyMayPass(ByteBuffer header) {
        if (header.remaining() < 2 * Integer.BYTES + Long.BYTES) {
            return true;
        }
        Awaited due = awaited.remove(header.getInt());
        return due == null || due.fault().strike(new Fault.Struck(due.request(), header.getLong(), header.getInt()));
    }

    private static byte[] wire(Chunk chunk) {
        if (!chunk.framed()) {
            return chunk.bytes();
        }
        ByteArrayOutputStream wire = new ByteArrayOutputStream(Integer.BYTES + chunk.bytes().length);
        wire.writeBytes(
                ByteBuffer.allocate(Integer.BYTES).putInt(chunk.bytes().length).array());
        wire.writeBytes(chunk.bytes());
        return wire.toByteArray();
    }
}
