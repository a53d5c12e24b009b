package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionSocketTest {
    @TempDir
    private Path dir = Path.of("");

    @Test
    void isMadeInTheUsersRuntimeDirectoryForThisUserAlone() throws IOException {
        Path runtime = Files.createDirectory(dir.resolve("run"));
        Path made;
        try (SessionSocket socket = make(runtime.toString(), dir)) {
            made = parent(socket);
            assertThat(made.getParent()).isEqualTo(runtime);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
            Files.createFile(socket.path());
            socket.restrict();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.path())))
                    .isEqualTo("rw-------");
        }
        assertThat(made).doesNotExist();
    }

    @Test
    void aRuntimeDirectoryThatWillNotDoIsPassedOver() throws IOException {
        Path deep = Files.createDirectories(dir.resolve("x".repeat(90)));
        for (String runtime : new String[] {"", "relative", "/nonexistent", deep.toString()}) {
            try (SessionSocket socket = make(runtime, dir)) {
                assertThat(parent(socket).getParent()).isEqualTo(dir);
            }
        }
        assertThat(deep).isEmptyDirectory();
    }

    @Test
    void aNameThatIsTooLongForASocketIsExplained() throws IOException {
        Path deep = Files.createDirectories(dir.resolve("ä".repeat(50)));
        assertThatThrownBy(() -> make("", deep))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.PROBLEM))
                .hasMessageContaining("107")
                .hasMessageContaining("XDG_RUNTIME_DIR");
        assertThat(deep).isEmptyDirectory();
    }

    private SessionSocket make(String runtime, Path temporary) {
        return SessionSocket.make(new Surroundings(Map.of("XDG_RUNTIME_DIR", runtime), dir), temporary);
    }

    private static Path parent(SessionSocket socket) {
        Path parent = socket.path().getParent();
        assertThat(parent).isNotNull();
        return parent;
    }
}
