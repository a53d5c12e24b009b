package io.bumba.orchestrate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a stream to its end on a thread of its own, and keeps the first of it. Thread-safe. */
final class Capture {
    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
    private static final int CHUNK = 8 * 1024;

    private final InputStream from;
    private final int most;
    private final Thread thread;

    private final Object lock = new Object();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long bytes;
    private boolean ended;

    private Capture(InputStream from, int most) {
        this.from = from;
        this.most = most;
        this.thread = new Thread(this::read, "bumba-capture");
        thread.setDaemon(true);
    }

    static Capture start(InputStream from, int most) {
        Capture capture = new Capture(from, most);
        capture.thread.start();
        return capture;
    }

    /** What came until the end of the stream, or until the patience is over: a descendant may hold the stream open. */
    Printed printed(Duration patience) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedJoin(thread, patience.toNanos());
        synchronized (lock) {
            return new Printed(kept.toString(StandardCharsets.UTF_8), bytes, bytes > kept.size() || !ended);
        }
    }

    private void read() {
        byte[] chunk = new byte[CHUNK];
        try (from) {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                synchronized (lock) {
                    kept.write(chunk, 0, Math.min(n, most - kept.size()));
                    bytes += n;
                }
            }
            synchronized (lock) {
                ended = true;
            }
        } catch (IOException e) {
            LOG.debug("the output of a program broke off", e);
        }
    }
}
