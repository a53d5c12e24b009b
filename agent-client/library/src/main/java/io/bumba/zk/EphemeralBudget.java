package io.bumba.zk;

import io.bumba.BumbaException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bytes of paths of ephemeral znodes in one session, kept below a limit: the end of a session is one record that
 * names them all, and a record over {@code jute.maxbuffer} keeps a server from starting again (ZOOKEEPER-4306).
 * Thread-safe.
 */
public final class EphemeralBudget {
    /** What a sequential name gets at its end. */
    private static final int SEQUENCE = 10;

    private final int limit;
    private final AtomicInteger used = new AtomicInteger();

    EphemeralBudget(int limit) {
        this.limit = limit;
    }

    /**
     * Takes the bytes of a path; give them back when the node is gone.
     *
     * @throws BumbaException LIMIT when they are not to be had
     */
    public Share take(String path) {
        int bytes = path.getBytes(StandardCharsets.UTF_8).length + SEQUENCE;
        int now = used.addAndGet(bytes);
        if (now > limit) {
            used.addAndGet(-bytes);
            throw new BumbaException(
                    BumbaException.Code.LIMIT,
                    "this session's ephemeral znodes would have " + now
                            + " bytes of paths, the limit maxEphemeralBytes is " + limit
                            + "; release locks, or use another connection for some of them");
        }
        return new Share(bytes);
    }

    int used() {
        return used.get();
    }

    /** Bytes that were taken; given back once, however often it is asked. */
    public final class Share {
        private final AtomicInteger bytes;

        private Share(int bytes) {
            this.bytes = new AtomicInteger(bytes);
        }

        public void giveBack() {
            used.addAndGet(-bytes.getAndSet(0));
        }
    }
}
