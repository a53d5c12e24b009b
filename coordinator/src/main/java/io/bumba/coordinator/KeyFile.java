package io.bumba.coordinator;

import io.bumba.zk.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A secret of 256 random bits in a file that only this user reads; made once, then kept. */
final class KeyFile {
    private KeyFile() {}

    /** @throws StartFailure when the file is open to others, empty or cannot be read or made */
    static Secret readOrMake(Path file, SecureRandom random) {
        try {
            Path directory = file.getParent();
            if (directory != null) {
                PrivateFiles.directory(directory);
            }
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                byte[] bits = new byte[32];
                random.nextBytes(bits);
                PrivateFiles.createOnce(file, HexFormat.of().formatHex(bits) + "\n");
            }
            if (PrivateFiles.isOpenToOthers(file)) {
                throw new StartFailure(
                        StartFailure.Reason.BAD_CONFIGURATION,
                        "key file " + file + " is readable or writable by others; run: chmod 600 " + file
                                + " (and think whether somebody has read it: deleting it makes a new key at the next"
                                + " start)");
            }
            return Secret.fromFile(file);
        } catch (IllegalArgumentException e) {
            throw new StartFailure(
                    StartFailure.Reason.BAD_CONFIGURATION,
                    "key file " + file + " holds no key: its first line must have 1 to 1000 characters",
                    e);
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new StartFailure(
                    StartFailure.Reason.FAILED,
                    "key file " + file + " cannot be read or made: " + e + "; make its directory writable for this"
                            + " user",
                    e);
        }
    }
}
