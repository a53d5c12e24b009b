package io.bumba.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoFilesTest {
    @TempDir
    private Path root = Path.of("");

    @Test
    void choosesSourceCodeSpreadOverTheRepository() throws IOException {
        List<String> tracked = new ArrayList<>(List.of("README.md"));
        write("README.md", "x");
        for (int i = 10; i < 40; i++) {
            write("f" + i + ".c", "x");
            tracked.add("f" + i + ".c");
        }
        assertThat(DemoFiles.choose(root, tracked, 3)).containsExactly("f10.c", "f20.c", "f30.c");
    }

    @Test
    void takesWhatThereIs() throws IOException {
        write("a.c", "x");
        write("README.md", "x");
        assertThat(DemoFiles.choose(root, List.of("README.md", "a.c"), 12)).containsExactly("a.c", "README.md");
    }

    @Test
    void leavesBinariesLinksLargeFilesAndOddNamesAlone() throws IOException {
        write("binary.c", "a\0b");
        write("large.c", "x".repeat(70_000));
        write("odd name.c", "x");
        Files.createSymbolicLink(root.resolve("link.c"), Path.of("odd name.c"));
        assertThat(DemoFiles.choose(root, List.of("binary.c", "large.c", "odd name.c", "link.c", "gone.c"), 12))
                .isEmpty();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(root.resolve(name), text);
    }
}
