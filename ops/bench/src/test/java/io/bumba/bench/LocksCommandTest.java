package io.bumba.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class LocksCommandTest {
    private static final List<String> DISJOINT = List.of(
            LockBench.BARE_AGAIN + " : " + LockBench.BARE,
            LockBench.STOCK_KNOWN + " : " + LockBench.BARE,
            LockBench.STOCK_FRESH + " : " + LockBench.BARE,
            LockBench.OURS_KNOWN + " : " + LockBench.STOCK_KNOWN,
            LockBench.OURS_KNOWN + " : " + LockBench.BARE,
            LockBench.OURS_FRESH + " : " + LockBench.STOCK_FRESH,
            LockBench.OURS_FRESH + " : " + LockBench.BARE);

    /** The stock recipe's first create is refused for want of its parent, which costs a write too. */
    private static final Map<String, Double> WRITES = Map.of(
            LockBench.BARE, 2.0,
            LockBench.BARE_AGAIN, 2.0,
            LockBench.STOCK_KNOWN, 2.0,
            LockBench.STOCK_FRESH, 4.0,
            LockBench.OURS_KNOWN, 2.0,
            LockBench.OURS_FRESH, 2.0);

    @TempDir
    private Path dir = Path.of("");

    @Test
    void aShortRunHasEveryRowAndTheWritesThatTheProtocolPromises() throws IOException {
        JsonNode report =
                new ObjectMapper().readTree(bench("locks", "--quick", "--servers", "1", "--rounds", "2", "--json"));

        List<String> rows = new ArrayList<>();
        for (JsonNode row : report.get("rows")) {
            String subject = row.get("subject").asText();
            String against = row.get("against").asText();
            String where = row.get("servers").asInt() + "/" + row.get("clients").asInt();
            rows.add(where + " " + subject + " : " + against);
            for (String value : List.of("median", "q1", "q3")) {
                assertThat(row.get("ratio").get(value).asDouble())
                        .as(where + " " + subject)
                        .isPositive();
            }
            assertThat(row.get("millis").asDouble()).as(where + " " + subject).isPositive();
            if (WRITES.containsKey(subject)) {
                assertWrites(where + " " + subject, row.get("cost"), promised(subject));
                assertWrites(where + " " + against, row.get("otherCost"), promised(against));
            }
        }
        assertThat(rows)
                .containsExactlyElementsOf(
                        Stream.of("1/1", "1/16").flatMap(LocksCommandTest::rows).toList());
        assertThat(report.get("exclusions")).hasSize(2).allSatisfy(exclusion -> {
            assertThat(exclusion.get("grants").asLong()).isPositive();
            assertThat(exclusion.get("counted").asLong())
                    .isEqualTo(exclusion.get("grants").asLong());
        });
        assertThat(dir).isEmptyDirectory();
    }

    private static double promised(String name) {
        return Objects.requireNonNull(WRITES.get(name), name);
    }

    /** Many agents note their activity so often that no count may be free of it; one agent's notes are far apart. */
    private static void assertWrites(String row, JsonNode cost, double promised) {
        double allowance = row.startsWith("1/1 ") ? 0 : 0.5;
        assertThat(cost.get("writes").asDouble()).as(row).isBetween(promised, promised + allowance);
    }

    private static Stream<String> rows(String where) {
        Stream<String> handOver = where.endsWith("/1")
                ? Stream.empty()
                : Stream.of(LockBench.OURS_HAND_OVER + " : " + LockBench.STOCK_HAND_OVER);
        return Stream.concat(DISJOINT.stream(), handOver).map(row -> where + " " + row);
    }

    private String bench(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", dir.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        assertThat(line.execute(all.toArray(String[]::new))).as(err.toString()).isZero();
        return out.toString();
    }
}
