package io.bumba.coordinator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The data directory, held by this process alone: a lock on {@code coordinator.lock} that the system frees when the
 * process dies, however it dies. The file stays, for a lock on a file that was removed would exclude nobody.
 */
final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** @throws StartFailure when it cannot be made or written, or another process holds it */
    static DataDirectory claim(Path path) {
        try {
            PrivateFiles.directory(path);
            FileChannel channel = FileChannel.open(
                    path.resolve("coordinator.lock"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    java.nio.file.attribute.PosixFilePermissions.asFileAttribute(PrivateFiles.FILE));
            if (tryLock(channel) == null) {
                String holder = read(channel);
                channel.close();
                throw inUse(path, holder);
            }
            write(channel, "process " + ProcessHandle.current().pid() + ", running since " + Instant.now());
            DataDirectory claimed = new DataDirectory(path, channel);
            for (String part : Set.of("zookeeper", "keys", "run", "log")) {
                PrivateFiles.directory(path.resolve(part));
            }
            return claimed;
        } catch (IOException e) {
            throw new StartFailure(
                    StartFailure.Reason.FAILED,
                    "data directory " + path + " cannot be used: " + e + "; make it writable for this user, or choose"
                            + " another with --data DIR",
                    e);
        }
    }

    Path path() {
        return path;
    }

    Path zookeeper() {
        return path.resolve("zookeeper");
    }

    Path run() {
        return path.resolve("run");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static StartFailure inUse(Path path, String holder) {
        return new StartFailure(
                StartFailure.Reason.DATA_DIRECTORY_IN_USE,
                "data directory " + path + " is in use by " + (holder.isBlank() ? "another process" : holder)
                        + "; `bumba status` asks it, or start a second cluster with --data DIR --port N");
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(200);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    }

    private static void write(FileChannel channel, String text) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
        channel.force(true);
    }

    /** Really writes and syncs a small file. */
    void prove() throws IOException {
        Path probe = run().resolve(".probe");
        PrivateFiles.replace(probe, "probe\n");
        Files.deleteIfExists(probe);
    }
}
