package io.bumba.bench;

import java.nio.file.Path;

/** Another lock service. */
public interface Peer {
    /** As in the table. */
    String name();

    /** The server's command. */
    String program();

    /** The Debian package that has it. */
    String debianPackage();

    /** Starts a server of our own on loopback with its data in the directory, and waits until it serves. */
    Server start(Path directory);

    /** A running server; ended with this object, or with this process. */
    interface Server extends AutoCloseable {
        /** A client with a session, or what is its like, of its own. */
        Client connect();

        @Override
        void close();
    }
}
