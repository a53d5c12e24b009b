package io.bumba.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.path.PathPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba territories}: who has claimed what, and who waits for it; or one of them. */
@Command(
        name = "territories",
        description = {
            "Show who has claimed what, and who waits for it; or all of one territory.",
            "",
            "Inside 'bumba session' it shows those of its agent; with --all, an ID or --path it shows everybody's."
        })
final class TerritoriesCommand extends ViewCommand {
    private static final String ALL = "/api/v1/territories";

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description = "Only those that reach this file or directory, named from the tree's root; a pattern may be"
                    + " given too.")
    private @Nullable String only;

    @Option(names = "--all", description = "Those of everybody, which is the rule outside of a session.")
    private boolean all;

    @Parameters(arity = "0..1", paramLabel = "ID", description = "Only this one, with all that is known of it.")
    private @Nullable String id;

    TerritoriesCommand(GlobalOptions global) {
        super(global);
    }

    @Override
    void check() {
        if (id != null && (all || only != null)) {
            throw new IllegalArgumentException("name one territory, or --all or --path, and not both");
        }
        if (id != null && !id.matches("[A-Za-z0-9-]{1,128}")) {
            throw new IllegalArgumentException(
                    "'" + Text.shortened(id, 80) + "' is no territory's id; 'bumba territories' shows them");
        }
        PathPattern unused = wanted();
    }

    @Override
    String path() {
        return id == null ? ALL : ALL + "/" + id;
    }

    @Override
    Map<String, String> query() {
        return Map.of();
    }

    @Override
    String get(CoordinatorApi api) {
        CoordinatorApi.Answer answer = api.answer(path(), query());
        if (id != null && answer.status() == 404) {
            throw new CliException(
                    ExitCode.NOT_HELD,
                    "there is no territory " + id + "; it may have ended: 'bumba territories' shows those that stand");
        }
        return api.body(path(), answer);
    }

    @Override
    String json(String body, JsonNode answer) {
        if (only == null || !(answer instanceof ObjectNode object)) {
            return body;
        }
        ArrayNode matching = object.arrayNode();
        PathPattern wanted = wanted();
        answer.path("territories").forEach(territory -> {
            if (reaches(territory, wanted)) {
                matching.add(territory);
            }
        });
        object.set("territories", matching);
        return object.toString();
    }

    @Override
    List<String> lines(JsonNode answer, OptionalInt columns) {
        List<String> lines = new ArrayList<>(warningIfStale(answer));
        if (id != null) {
            lines.addAll(TerritoryDetails.of(answer.path("territory")));
            return lines;
        }
        Table table = new Table(
                new Table.Column("ID", 18, true),
                Table.Column.of("TYPE", 9),
                Table.Column.of("STATE", 8),
                Table.Column.of("OWNER", 8),
                Table.Column.of("FOR", 6),
                Table.Column.of("LOCKS", 5),
                Table.Column.of("WAIT", 4),
                Table.Column.of("PATTERNS", 8));
        PathPattern wanted = wanted();
        for (JsonNode territory : answer.path("territories")) {
            if (reaches(territory, wanted)) {
                row(territory, table);
            }
        }
        lines.addAll(table.isEmpty() ? List.of("nothing is claimed") : table.lines(columns));
        if (answer.path("truncated").asBoolean(false)) {
            lines.add("there are more; --path narrows, the API takes more parameters");
        }
        lines.addAll(waiting(answer.path("waiting"), wanted, columns));
        return lines;
    }

    private static void row(JsonNode territory, Table table) {
        table.row(
                territory.path("id").asText(),
                territory.path("type").asText(),
                TerritoryDetails.state(territory),
                territory.path("owner").asText(),
                age(territory),
                territory.path("locks").asText(),
                Long.toString(territory.path("waiters").asLong()
                        + territory.path("contested").asLong()),
                String.join(" ", TerritoryDetails.texts(territory.path("patterns"))));
    }

    private static List<String> waiting(JsonNode requests, @Nullable PathPattern wanted, OptionalInt columns) {
        Table table = new Table(
                Table.Column.of("WAITING", 16),
                Table.Column.of("TYPE", 9),
                Table.Column.of("FOR", 6),
                new Table.Column("BEHIND", 18, true),
                Table.Column.of("PATTERNS", 8));
        for (JsonNode request : requests) {
            if (reaches(request, wanted)) {
                table.row(
                        request.path("agent").asText(),
                        request.path("type").asText(),
                        Durations.words(
                                Duration.ofMillis(request.path("ageMillis").asLong())),
                        String.join(" ", TerritoryDetails.texts(request.path("blockers"))),
                        String.join(" ", TerritoryDetails.texts(request.path("patterns"))));
            }
        }
        List<String> lines = new ArrayList<>();
        if (!table.isEmpty()) {
            lines.add("");
            lines.addAll(table.lines(columns));
        }
        return lines;
    }

    private @Nullable PathPattern wanted() {
        if (only == null) {
            return null;
        }
        String asked = only.replaceAll("^(\\./)+", "").replaceAll("/+$", "");
        return PathPattern.of(asked.isEmpty() || asked.equals(".") ? "**" : asked);
    }

    /** Whether it may cover some of what is wanted; of patterns that are not shown, or not read here, nobody knows. */
    private static boolean reaches(JsonNode territory, @Nullable PathPattern wanted) {
        JsonNode patterns = territory.path("patterns");
        return wanted == null
                || patterns.size() < territory.path("patternCount").asInt(patterns.size())
                || TerritoryDetails.texts(patterns).stream().anyMatch(text -> mayMeet(text, wanted));
    }

    private static boolean mayMeet(String pattern, PathPattern wanted) {
        try {
            return PathPattern.of(pattern).overlaps(wanted);
        } catch (IllegalArgumentException ofALaterVersion) {
            return true;
        }
    }
}
