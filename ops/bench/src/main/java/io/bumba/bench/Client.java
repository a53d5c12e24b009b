package io.bumba.bench;

/** One session with the servers, which locks files; used by one thread at a time. */
public interface Client extends AutoCloseable {
    /** A lock that nobody else wants. */
    Locker locker(String file);

    /** A lock that others want too: {@link Locker#lock} waits for its turn. */
    Locker contended(String file);

    @Override
    void close();
}
