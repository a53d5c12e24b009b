package io.bumba.testkit;

import io.bumba.lock.LockMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who held what, when: what agents in several processes of one Linux machine wrote down, for {@link LockChecker}.
 *
 * <p>Each process appends to a file of its own, a line an event, each line handed to the system at once, so that it
 * survives a SIGKILL. {@link System#nanoTime} is CLOCK_MONOTONIC there, the same for all processes. A file:
 *
 * <pre>
 * GRANT 81234567890 1 Dev-ann-1-0a src%2Fa.txt EXCLUSIVE 4294967299     time, number in this file, agent, path, mode, token
 * RELEASE 81234999999 1                                                 time just before the release was begun
 * GRANT 81235000000 2 Dev-ann-1-0a src%2Fb.txt SHARED 4294967305
 * LOST 81235111111 2                                                    time when isValid() was seen false
 * </pre>
 *
 * A last line without its end was being written when the process died, and does not count. A holder that was paused or
 * killed cannot write the end of what it held: say when, with {@link #silenced}.
 */
public final class LockHistory {
    /** Released at: never. */
    public static final long OPEN = Long.MAX_VALUE;

    /**
     * One hold of one lock. It is taken to last from just after the grant to just before the release.
     *
     * @param token the fencing token
     * @param grantedAt nano time when the agent knew of the grant
     * @param endedAt nano time when it began the release, lost the lock, or was silenced; {@link #OPEN} when never
     */
    public record Op(String agent, String path, LockMode mode, long token, long grantedAt, long endedAt) {
        public Op {
            if (endedAt < grantedAt) {
                throw new IllegalArgumentException("released before granted: " + agent + " " + path + " " + token);
            }
        }

        Op endedBy(long nanos) {
            return new Op(agent, path, mode, token, grantedAt, Math.max(grantedAt, Math.min(endedAt, nanos)));
        }
    }

    /** Appends the events of one process. Thread-safe. */
    public static final class Writer implements AutoCloseable {
        private final FileChannel file;
        private final AtomicLong numbers = new AtomicLong();

        private Writer(FileChannel file) {
            this.file = file;
        }

        /** Call right after the grant, while it is valid; returns its number, for the other two. */
        public long grant(String agent, String path, LockMode mode, long token) {
            return grant(System.nanoTime(), agent, path, mode, token);
        }

        /**
         * {@link #grant} at a time taken before: take the time, see that {@code isValid()}, then record. Otherwise an
         * agent that was paused between the grant and this call claims a lock that had long been someone else's.
         */
        public long grant(long nanos, String agent, String path, LockMode mode, long token) {
            long number = numbers.incrementAndGet();
            append("GRANT " + nanos + ' ' + number + ' ' + encode(agent) + ' ' + encode(path) + ' ' + mode + ' '
                    + token);
            return number;
        }

        /** Call right before the release. */
        public void release(long number) {
            append("RELEASE " + System.nanoTime() + ' ' + number);
        }

        /** Call when the lock was seen to be lost. */
        public void lost(long number) {
            append("LOST " + System.nanoTime() + ' ' + number);
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close the history", e);
            }
        }

        private synchronized void append(String line) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap((line + '\n').getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    int ignored = file.write(bytes);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the history", e);
            }
        }
    }

    private final Map<Path, List<Op>> byProcess;

    private LockHistory(Map<Path, List<Op>> byProcess) {
        this.byProcess = byProcess;
    }

    /** Opens a new file for this process. */
    public static Writer writeTo(Path file) {
        try {
            return new Writer(FileChannel.open(
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the history " + file, e);
        }
    }

    /** Reads the files of all processes. */
    public static LockHistory read(Collection<Path> files) {
        Map<Path, List<Op>> byProcess = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                byProcess.put(file, parse(file, Files.readString(file)));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the history " + file, e);
            }
        }
        return new LockHistory(byProcess);
    }

    /**
     * This history, with what the process of this file held at the given time ended then: it was killed or paused at
     * that time ({@link Jvm#kill9} and {@link Jvm#pause} return it). What it was granted later stays as it is.
     */
    public LockHistory silenced(Path file, long nanos) {
        List<Op> present = byProcess.get(file);
        if (present == null) {
            throw new IllegalArgumentException(file + " is no part of this history");
        }
        Map<Path, List<Op>> copy = new LinkedHashMap<>(byProcess);
        copy.put(
                file,
                present.stream()
                        .map(op -> op.grantedAt() <= nanos ? op.endedBy(nanos) : op)
                        .toList());
        return new LockHistory(copy);
    }

    /** All holds of all processes, in no particular order. */
    public List<Op> ops() {
        return byProcess.values().stream().flatMap(List::stream).toList();
    }

    static List<Op> parse(Path file, String text) {
        Map<Long, Op> ops = new HashMap<>();
        List<Long> order = new ArrayList<>();
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            String line = text.substring(from, end);
            from = end + 1;
            String[] word = line.split(" ", -1);
            try {
                long nanos = Long.parseLong(word[1]);
                long number = Long.parseLong(word[2]);
                switch (word[0]) {
                    case "GRANT" -> {
                        LockMode mode = LockMode.valueOf(word[5]);
                        long token = Long.parseLong(word[6]);
                        ops.put(number, new Op(decode(word[3]), decode(word[4]), mode, token, nanos, OPEN));
                        order.add(number);
                    }
                    case "RELEASE", "LOST" -> {
                        Op op = ops.get(number);
                        if (op == null) {
                            throw new IllegalArgumentException("ends what was never granted");
                        }
                        ops.put(number, op.endedBy(nanos));
                    }
                    default -> throw new IllegalArgumentException("unknown event");
                }
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalArgumentException(file + ": \"" + line + "\": " + e.getMessage(), e);
            }
        }
        return order.stream().map(ops::get).toList();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
