package io.bumba.zk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A credential that no log, message or {@code toString} shows. */
public final class Secret {
    private final String value;

    public Secret(String value) {
        if (value.isBlank() || value.length() > 1_000) {
            throw new IllegalArgumentException("a secret has 1 to 1000 characters; this one has " + value.length());
        }
        this.value = value;
    }

    /** The first line of a file. */
    public static Secret fromFile(Path file) {
        try {
            return new Secret(Files.readString(file).lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the secret in " + file, e);
        }
    }

    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
