package io.bumba.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bumba agents}: who is registered. */
@Command(name = "agents", description = "Show who is registered.")
final class AgentsCommand extends ViewCommand {
    @Option(names = "--department", paramLabel = "NAME", description = "Only this department.")
    private @Nullable String department;

    @Option(names = "--capability", paramLabel = "NAME", description = "Only agents that can do this.")
    private @Nullable String capability;

    @Option(names = "--status", paramLabel = "STATUS", description = "Only agents in this state, such as ACTIVE.")
    private @Nullable String status;

    AgentsCommand(GlobalOptions global) {
        super(global);
    }

    @Override
    String path() {
        return "/api/v1/agents";
    }

    @Override
    Map<String, String> query() {
        Map<String, String> query = new TreeMap<>();
        put(query, "department", department);
        put(query, "capability", capability);
        put(query, "status", status);
        return query;
    }

    private static void put(Map<String, String> query, String name, @Nullable String value) {
        if (value != null) {
            query.put(name, value);
        }
    }

    @Override
    List<String> lines(JsonNode answer, OptionalInt columns) {
        Table table = new Table(
                Table.Column.of("AGENT", 16),
                Table.Column.of("DEPARTMENT", 6),
                Table.Column.of("ROLE", 5),
                Table.Column.of("STATUS", 6),
                Table.Column.of("MACHINE", 6),
                Table.Column.of("PID", 5),
                Table.Column.of("CAPABILITIES", 4));
        for (JsonNode agent : answer.path("agents")) {
            table.row(
                    agent.path("id").asText(),
                    agent.path("department").asText(),
                    agent.path("role").asText(),
                    agent.path("status").asText(),
                    agent.path("machine").asText(),
                    agent.path("pid").asText(),
                    StreamSupport.stream(agent.path("capabilities").spliterator(), false)
                            .map(JsonNode::asText)
                            .collect(Collectors.joining(" ")));
        }
        List<String> lines = new ArrayList<>(warningIfStale(answer));
        lines.addAll(table.isEmpty() ? List.of("no agent matches") : table.lines(columns));
        return lines;
    }
}
