package io.bumba.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class TerritoriesCommandTest {
    @TempDir
    private Path dir = Path.of("");

    @Test
    void aShortRunHasEveryRow() throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        assertThat(line.execute("territories", "--quick", "--json", "--data", dir.toString()))
                .as(err.toString())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(out.toString());
        List<String> rows = new ArrayList<>();
        for (JsonNode row : report.get("rows")) {
            rows.add(row.get("what").asText());
            assertThat(row.get("value").get("median").asDouble())
                    .as(row.toString())
                    .isPositive();
            if (row.has("target")) {
                assertThat(row.get("reached").asBoolean())
                        .isEqualTo(row.get("value").get("median").asDouble()
                                <= row.get("target").asDouble());
            }
        }
        assertThat(rows)
                .containsExactly(
                        "allocate 5 files",
                        "release 5 files",
                        "lock and unlock in the own territory",
                        "lock and unlock in the own territory",
                        "16 clients: allocate and release, disjoint",
                        "16 clients: all want one area",
                        "overlap check, 100 territories of 10 patterns",
                        "overlap check, 1000 territories of 10 patterns",
                        "overlap check, 10000 territories of 10 patterns",
                        "connect and first lock beside 200 territories",
                        "memory per territory of a client");
        try (Stream<Path> left = Files.list(dir)) {
            assertThat(left).isEmpty();
        }
    }
}
