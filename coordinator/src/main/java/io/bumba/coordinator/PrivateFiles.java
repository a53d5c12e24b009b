package io.bumba.coordinator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/** Files and directories that only this user reads. */
final class PrivateFiles {
    static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private PrivateFiles() {}

    /** Makes the directory, its parents included; a directory that is there keeps its mode. */
    static Path directory(Path directory) throws IOException {
        return Files.isDirectory(directory)
                ? directory
                : Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
    }

    /** Puts the text there in one step, replacing what was there, and syncs it; readers see the old or the new file. */
    static void replace(Path file, String text) throws IOException {
        Path stage = stage(file, text);
        try {
            Files.move(stage, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(stage);
        }
        syncDirectory(file);
    }

    /**
     * Puts the text there in one step unless the file is there already.
     *
     * @return whether this call made it
     */
    static boolean createOnce(Path file, String text) throws IOException {
        Path stage = stage(file, text);
        try {
            Files.createLink(file, stage);
            syncDirectory(file);
            return true;
        } catch (java.nio.file.FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(stage);
        }
    }

    /** Whether anybody but the owner may read or write it. */
    static boolean isOpenToOthers(Path file) throws IOException {
        Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(file));
        others.removeAll(DIRECTORY);
        return !others.isEmpty();
    }

    private static Path stage(Path file, String text) throws IOException {
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(FILE);
        Path stage = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
        try (FileChannel channel =
                FileChannel.open(stage, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return stage;
    }

    private static void syncDirectory(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
