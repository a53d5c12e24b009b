package io.bumba.file;

import io.bumba.BumbaException;
import io.bumba.BumbaException.Code;
import io.bumba.path.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;

/**
 * The file {@code .bumba/workspace} of one directory. It is written once and never replaced: complete and synced under
 * another name first, then given its name by a hard link, which fails when the name is taken. (A rename would replace
 * the binding of a process that was faster, and creating the file under its name would show it half-written.) So of any
 * number of processes one wins, and everybody reads its binding, whole, also after a power loss. A process killed on the
 * way leaves at most a {@code .tmp} file that nobody reads.
 */
final class BindingFile {
    static final String DIRECTORY = ".bumba";

    private static final String NAME = "workspace";
    private static final int MAX_BYTES = 4_096;

    private final Path root;
    private final Path directory;
    private final Path file;

    private BindingFile(Path root) {
        this.root = root;
        this.directory = root.resolve(DIRECTORY);
        this.file = directory.resolve(NAME);
    }

    static BindingFile in(Path root) {
        return new BindingFile(root);
    }

    /**
     * The binding, or empty when the directory has none.
     *
     * @throws BumbaException UNSUPPORTED when there is something else in its place, IO when it cannot be read
     */
    Optional<Binding> read() {
        try {
            Optional<BasicFileAttributes> parent = attributes(directory);
            if (parent.isEmpty()) {
                return Optional.empty();
            }
            require(parent.get().isDirectory(), directory, "is not a directory of its own");
            Optional<BasicFileAttributes> attributes = attributes(file);
            if (attributes.isEmpty()) {
                return Optional.empty();
            }
            require(attributes.get().isRegularFile(), file, "is not a regular file");
            return Optional.of(Binding.parse(bytes(), file));
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    /**
     * Writes the binding, or finds that there is one; durable when it returns.
     *
     * @return the one that stands now, whoever wrote it
     */
    Binding createOrRead(Binding mine) {
        try {
            makeDirectory();
            if (attributes(file).isEmpty()) {
                makeIgnoreFile();
                publish(mine);
            }
            sync(directory);
            sync(root);
        } catch (IOException e) {
            throw failed("written", e);
        }
        return read().orElseThrow(() -> new BumbaException(
                Code.IO, Printable.of(file.toString()) + " vanished while it was written; run 'bumba init' again"));
    }

    private void makeDirectory() throws IOException {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            boolean real = Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
            require(real, directory, "is not a directory of its own");
        }
    }

    /** All of {@code .bumba} stays out of git. Racing writers write the same. */
    private void makeIgnoreFile() throws IOException {
        Path ignore = directory.resolve(".gitignore");
        if (attributes(ignore).isEmpty()) {
            Path complete = writeSynced("*\n".getBytes(StandardCharsets.UTF_8));
            Files.move(complete, ignore, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void publish(Binding mine) throws IOException {
        Path complete = writeSynced(mine.toJson());
        try {
            Files.createLink(file, complete);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster; its binding is the one.
        } finally {
            Files.delete(complete);
        }
    }

    private Path writeSynced(byte[] bytes) throws IOException {
        Path complete = directory.resolve(NAME + "." + UUID.randomUUID() + ".tmp");
        try (FileChannel out = FileChannel.open(complete, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            out.force(true);
        }
        return complete;
    }

    private byte[] bytes() throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            require(bytes.length <= MAX_BYTES, file, "has more than " + MAX_BYTES + " bytes");
            return bytes;
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            opened.force(true);
        }
    }

    private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void require(boolean holds, Path path, String problem) {
        if (!holds) {
            throw new BumbaException(
                    Code.UNSUPPORTED,
                    "%s %s, so it is no binding of a tree; remove it and run 'bumba init'"
                            .formatted(Printable.of(path.toString()), problem));
        }
    }

    private BumbaException failed(String verb, IOException cause) {
        return new BumbaException(
                Code.IO,
                "%s could not be %s (%s); check that this user may read and write it, on a file system with hard links"
                        .formatted(Printable.of(file.toString()), verb, Printable.of(cause.toString())),
                cause);
    }
}
