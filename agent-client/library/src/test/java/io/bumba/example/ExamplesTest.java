package io.bumba.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.bumba.testkit.ZkServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example programs run, and ops/docs/orchestrate.md shows their code and what they print. */
class ExamplesTest {
    private static final Path PAGE = Path.of("../../ops/docs/orchestrate.md");
    private static final Path SOURCES = Path.of("src/test/java/io/bumba/example");

    @ParameterizedTest
    @ValueSource(strings = {"SprintExample", "CommandExample"})
    void theProgramPrintsWhatThePageSays(String name) throws Exception {
        ZkServer server = ZkServer.shared();
        assertThat(printed(name, server.connectString(), server.freshRoot()))
                .isEqualTo(block("printed by " + name, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SprintExample", "CommandExample"})
    void thePageShowsTheProgramsCode(String name) throws IOException {
        String source = Files.readString(SOURCES.resolve(name + ".java"));
        String shown = source.substring(
                source.indexOf("// begin\n") + "// begin\n".length(), source.indexOf("        // end\n"));
        assertThat(block("from " + name, "java"))
                .isEqualTo(shown.stripTrailing().stripIndent() + "\n");
    }

    private static String block(String mark, String language) throws IOException {
        Matcher block = Pattern.compile(
                        "^<!-- " + mark + " -->\n```" + language + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(PAGE));
        assertThat(block.find()).as("a block '" + mark + "' in " + PAGE).isTrue();
        return block.group(1);
    }

    private static String printed(String name, String... args) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            if (name.equals("SprintExample")) {
                SprintExample.main(args);
            } else {
                CommandExample.main(args);
            }
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
