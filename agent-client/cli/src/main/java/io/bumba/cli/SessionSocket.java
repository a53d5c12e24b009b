package io.bumba.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The place of a session's socket: a new directory that only this user may enter. Gone with {@link #close}. */
final class SessionSocket implements AutoCloseable {
    /** What the kernel takes, less the zero at the end. */
    static final int MAX_BYTES = 107;

    private static final String NAME = "s";

    private final Path directory;

    private SessionSocket(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes the directory, in {@code XDG_RUNTIME_DIR} if that is one, else in Java's temporary directory.
     *
     * @throws CliException PROBLEM when neither will do
     */
    static SessionSocket make(Surroundings around, Path temporary) {
        List<Path> places = new ArrayList<>();
        Path runtime = Path.of(around.variable("XDG_RUNTIME_DIR"));
        if (runtime.isAbsolute()) {
            places.add(runtime);
        }
        places.add(temporary);
        List<String> why = new ArrayList<>();
        for (Path place : places) {
            try {
                Path made = Files.createTempDirectory(
                        place,
                        "bumba-",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                SessionSocket socket = new SessionSocket(made);
                int bytes = socket.path().toString().getBytes(StandardCharsets.UTF_8).length;
                if (bytes <= MAX_BYTES) {
                    return socket;
                }
                Files.delete(made);
                why.add(place + " makes the socket's name " + bytes + " bytes long, at most " + MAX_BYTES + " work");
            } catch (IOException e) {
                why.add(place + " cannot be written (" + e + ")");
            }
        }
        throw new CliException(
                ExitCode.PROBLEM,
                "no place for the session's socket: " + String.join("; ", why)
                        + "; set XDG_RUNTIME_DIR to a short directory of your own");
    }

    Path path() {
        return directory.resolve(NAME);
    }

    /** Lets nobody else connect, whatever the umask was. */
    void restrict() throws IOException {
        Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path());
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            System.err.println("bumba: " + Text.oneLine(directory + " was not removed (" + e + ")"));
        }
    }
}
