package io.bumba.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bumba breaks}: which locks were ended by somebody else, by whom and why. */
@Command(name = "breaks", description = "Show the last locks that were ended by an operator or for their lease.")
final class BreaksCommand extends ViewCommand {
    @Option(names = "--limit", paramLabel = "N", description = "The most that are shown; by default 20.")
    private int limit = 20;

    BreaksCommand(GlobalOptions global) {
        super(global);
    }

    @Override
    String path() {
        return "/api/v1/breaks";
    }

    @Override
    Map<String, String> query() {
        return Map.of("limit", Integer.toString(limit));
    }

    @Override
    List<String> lines(JsonNode answer, OptionalInt columns) {
        Table table = new Table(
                Table.Column.of("TIME", 20),
                new Table.Column("PATH", 16, true),
                Table.Column.of("AGENT", 16),
                Table.Column.of("MODE", 9),
                Table.Column.of("TOKEN", 6),
                Table.Column.of("BY", 8),
                Table.Column.of("REASON", 6));
        for (JsonNode each : answer.path("breaks")) {
            table.row(
                    Text.seconds(each.path("time").asText()),
                    each.path("path").asText(),
                    each.path("agent").asText(),
                    each.path("mode").asText(),
                    each.path("token").asText(),
                    each.path("by").asText(),
                    each.path("reason").asText());
        }
        List<String> lines = new ArrayList<>(warningIfStale(answer));
        lines.addAll(table.isEmpty() ? List.of("no lock was broken") : table.lines(columns));
        return lines;
    }
}
