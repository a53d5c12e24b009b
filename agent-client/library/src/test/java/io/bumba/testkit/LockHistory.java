package io.bumba.testkit;

import io.bumba.lock.LockMode;
import io.bumba.lock.Priority;
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
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

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
 * VALID 81235050000 2                                                   time taken just before isValid() was seen true
 * LOST 81235111111 2                                                    time when isValid() was seen false
 * REQUEST 81235200000 3 Dev-ann-1-0a src%2Fb.txt SHARED NORMAL 1500     what was asked for, and the milliseconds it may wait
 * OUTCOME 81235300000 3 Granted 4294967309                              what it came to, and the token; 0 without a grant
 * </pre>
 *
 * A last line without its end was being written when the process died, and does not count. A holder that was paused or
 * killed cannot write the end of what it held: say when, with {@link #silenced}. Where sessions may end at any time, judge
 * only what was {@link #proven}.
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
     * @param validAt nano time when it was last seen valid; that of the grant when it was not looked at again
     */
    public record Op(String agent, String path, LockMode mode, long token, long grantedAt, long endedAt, long validAt) {
        public Op {
            if (endedAt < grantedAt) {
                throw new IllegalArgumentException("released before granted: " + agent + " " + path + " " + token);
            }
            if (validAt < grantedAt) {
                throw new IllegalArgumentException("valid before granted: " + agent + " " + path + " " + token);
            }
        }

        /** A hold whose validity nobody looked at again. */
        public Op(String agent, String path, LockMode mode, long token, long grantedAt, long endedAt) {
            this(agent, path, mode, token, grantedAt, endedAt, grantedAt);
        }

        /** Ended then, though not before it was last seen valid. */
        Op endedBy(long nanos) {
            return new Op(agent, path, mode, token, grantedAt, Math.max(validAt, Math.min(endedAt, nanos)), validAt);
        }

        private boolean isOf(String file, long grant) {
            return token == grant && path.equals(file);
        }

        private Op brokenAt(long nanos) {
            long end = Math.max(grantedAt, Math.min(endedAt, nanos));
            return new Op(agent, path, mode, token, grantedAt, end, Math.min(validAt, end));
        }

        private Op validAt(long nanos) {
            long later = Math.max(validAt, nanos);
            return new Op(agent, path, mode, token, grantedAt, Math.max(endedAt, later), later);
        }
    }

    /**
     * One request, and what it came to.
     *
     * @param patience how long it may wait
     * @param askedAt nano time just before it was made
     * @param outcome the kind of answer; empty when there was none
     * @param token the token of the grant; 0 without one
     * @param answeredAt nano time when the answer was there; {@link #OPEN} when it never was
     */
    public record Request(
            String agent,
            String path,
            LockMode mode,
            Priority priority,
            Duration patience,
            long askedAt,
            String outcome,
            long token,
            long answeredAt) {
        Request answered(long nanos, String what, long grant) {
            return new Request(agent, path, mode, priority, patience, askedAt, what, grant, nanos);
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

        /**
         * Call when {@code isValid()} was seen true.
         *
         * @param nanos taken just before that look: the lock was held then, whatever befell this process since
         */
        public void valid(long nanos, long number) {
            append("VALID " + nanos + ' ' + number);
        }

        /** Call right before a request is made; returns its number, for {@link #outcome}. */
        public long request(String agent, String path, LockMode mode, Priority priority, Duration patience) {
            long number = numbers.incrementAndGet();
            append("REQUEST " + System.nanoTime() + ' ' + number + ' ' + encode(agent) + ' ' + encode(path) + ' ' + mode
                    + ' ' + priority + ' ' + patience.toMillis());
            return number;
        }

        /** Call when the request was answered: with the kind of answer, one word, and the token or 0. */
        public void outcome(long number, String what, long token) {
            append("OUTCOME " + System.nanoTime() + ' ' + number + ' ' + encode(what) + ' ' + token);
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

    /** What one process wrote, in the order in which it began. */
    record Written(List<Op> ops, List<Request> requests) {
        Written {
            ops = List.copyOf(ops);
            requests = List.copyOf(requests);
        }

        Written with(UnaryOperator<Op> change) {
            return new Written(ops.stream().map(change).toList(), requests);
        }
    }

    private final Map<Path, Written> byProcess;

    private LockHistory(Map<Path, Written> byProcess) {
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
        Map<Path, Written> byProcess = new LinkedHashMap<>();
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
        Written present = byProcess.get(file);
        if (present == null) {
            throw new IllegalArgumentException(file + " is no part of this history");
        }
        Map<Path, Written> copy = new LinkedHashMap<>(byProcess);
        copy.put(file, present.with(op -> op.grantedAt() <= nanos ? op.endedBy(nanos) : op));
        return new LockHistory(copy);
    }

    /**
     * This history, with every hold ended when it was last seen valid: what is left was claimed by {@code isValid()}
     * itself, so it must stand whatever befell the processes, their sessions and the servers.
     */
    public LockHistory proven() {
        Map<Path, Written> copy = new LinkedHashMap<>();
        byProcess.forEach((file, written) -> copy.put(file, written.with(op -> op.endedBy(op.validAt()))));
        return new LockHistory(copy);
    }

    /**
     * This history, with the holds of this path and token claimed no longer than until then: somebody broke the lock. What
     * began after that, before its agent knew, is left out.
     */
    public LockHistory broken(String path, long token, long nanos) {
        Map<Path, Written> copy = new LinkedHashMap<>();
        byProcess.forEach((file, written) -> copy.put(
                file,
                new Written(
                        written.ops().stream()
                                .filter(op -> !op.isOf(path, token) || op.grantedAt() <= nanos)
                                .map(op -> op.isOf(path, token) ? op.brokenAt(nanos) : op)
                                .toList(),
                        written.requests())));
        return new LockHistory(copy);
    }

    /** All holds of all processes, in no particular order. */
    public List<Op> ops() {
        return byProcess.values().stream()
                .flatMap(written -> written.ops().stream())
                .toList();
    }

    /** All requests of all processes, in no particular order. */
    public List<Request> requests() {
        return byProcess.values().stream()
                .flatMap(written -> written.requests().stream())
                .toList();
    }

    /** The requests of one process. */
    public List<Request> requests(Path file) {
        Written present = byProcess.get(file);
        if (present == null) {
            throw new IllegalArgumentException(file + " is no part of this history");
        }
        return present.requests();
    }

    static Written parse(Path file, String text) {
        Map<Long, Op> ops = new TreeMap<>();
        Map<Long, Request> requests = new TreeMap<>();
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
                    }
                    case "VALID" -> ops.put(number, known(ops, number).validAt(nanos));
                    case "RELEASE", "LOST" -> ops.put(number, known(ops, number).endedBy(nanos));
                    case "REQUEST" ->
                        requests.put(
                                number,
                                new Request(
                                        decode(word[3]),
                                        decode(word[4]),
                                        LockMode.valueOf(word[5]),
                                        Priority.valueOf(word[6]),
                                        Duration.ofMillis(Long.parseLong(word[7])),
                                        nanos,
                                        "",
                                        0,
                                        OPEN));
                    case "OUTCOME" -> {
                        long token = Long.parseLong(word[4]);
                        requests.put(number, known(requests, number).answered(nanos, decode(word[3]), token));
                    }
                    default -> throw new IllegalArgumentException("unknown event");
                }
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalArgumentException(file + ": \"" + line + "\": " + e.getMessage(), e);
            }
        }
        return new Written(List.copyOf(ops.values()), List.copyOf(requests.values()));
    }

    private static <T> T known(Map<Long, T> begun, long number) {
        T it = begun.get(number);
        if (it == null) {
            throw new IllegalArgumentException("ends what never began");
        }
        return it;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
