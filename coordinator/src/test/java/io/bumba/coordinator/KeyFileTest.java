package io.bumba.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
    private Path dir;

    @BeforeEach
    void directory(@TempDir Path directory) {
        dir = directory;
    }

    private final SecureRandom random = new SecureRandom();

    @Test
    void aKeyIsMadeOnceWith256BitsThatOnlyTheOwnerReads() throws Exception {
        Path file = dir.resolve("keys").resolve("fleet");
        String key = KeyFile.readOrMake(file, random).reveal();

        assertThat(key).matches("[0-9a-f]{64}");
        assertThat(KeyFile.readOrMake(file, random).reveal()).isEqualTo(key);
        assertThat(KeyFile.readOrMake(dir.resolve("keys").resolve("operator"), random)
                        .reveal())
                .isNotEqualTo(key);
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(dir.resolve("keys"))).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(dir.resolve("keys"))) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("fleet", "operator");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-"})
    void aKeyThatOthersReadOrWriteIsRefusedWithTheCommandThatHelps(String mode) throws Exception {
        Path file = Files.writeString(dir.resolve("fleet"), "k");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertThatThrownBy(() -> KeyFile.readOrMake(file, random))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void anEmptyKeyIsRefused() throws Exception {
        Path file = dir.resolve("fleet");
        PrivateFiles.replace(file, "\n");
        assertThatThrownBy(() -> KeyFile.readOrMake(file, random)).hasMessageContaining("holds no key");
    }

    @Test
    void ofTwoWhoMakeAKeyAtOnceBothReadTheSame() throws Exception {
        Path file = dir.resolve("fleet");
        assertThat(PrivateFiles.createOnce(file, "first\n")).isTrue();
        assertThat(PrivateFiles.createOnce(file, "second\n")).isFalse();
        assertThat(KeyFile.readOrMake(file, random).reveal()).isEqualTo("first");
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
