package io.bumba.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bumba locks}: who holds which file, and who waits for it. */
@Command(name = "locks", description = "Show who holds which file, and who waits.")
final class LocksCommand extends ViewCommand {
    @Option(
            names = "--path",
            paramLabel = "PATH",
            description = "Only this file, or what lies in this directory; as in the table, from the tree's root.")
    private @Nullable String only;

    LocksCommand(GlobalOptions global) {
        super(global);
    }

    @Override
    String path() {
        return "/api/v1/locks";
    }

    @Override
    Map<String, String> query() {
        return Map.of();
    }

    @Override
    String json(String body, JsonNode answer) {
        if (only == null || !(answer instanceof ObjectNode object)) {
            return body;
        }
        ArrayNode matching = object.arrayNode();
        answer.path("locks").forEach(lock -> {
            if (matches(lock)) {
                matching.add(lock);
            }
        });
        object.set("locks", matching);
        return object.toString();
    }

    @Override
    List<String> lines(JsonNode answer, OptionalInt columns) {
        Table table = new Table(
                new Table.Column("PATH", 16, true),
                Table.Column.of("STATE", 7),
                Table.Column.of("AGENT", 16),
                Table.Column.of("MODE", 9),
                Table.Column.of("FOR", 6),
                Table.Column.of("LEASE", 5),
                Table.Column.of("REASON", 6));
        for (JsonNode lock : answer.path("locks")) {
            if (matches(lock)) {
                rows(lock, table);
            }
        }
        List<String> lines = new ArrayList<>(warningIfStale(answer));
        lines.addAll(table.isEmpty() ? List.of("no file is locked") : table.lines(columns));
        return lines;
    }

    private static void rows(JsonNode lock, Table table) {
        String path = lock.path("path").asText();
        for (JsonNode holder : lock.path("holders")) {
            row(table, path, "held", holder);
        }
        for (JsonNode waiter : lock.path("waiters")) {
            row(table, path, "waits " + waiter.path("place").asText(), waiter);
        }
        for (JsonNode foreign : lock.path("foreign")) {
            table.row(
                    path, "foreign", foreign.asText(), "", "", "", "not a lock of ours; nothing is granted beside it");
        }
    }

    private static void row(Table table, String path, String state, JsonNode who) {
        table.row(
                path,
                state,
                who.path("agent").asText(),
                who.path("mode").asText(),
                age(who),
                lease(who),
                who.path("reason").asText());
    }

    /** The longest that it may be held; how much is left of it only the leading coordinator knows. */
    private static String lease(JsonNode who) {
        return who.path("leaseMillis").isNumber()
                ? Durations.words(Duration.ofMillis(who.path("leaseMillis").asLong()))
                : "";
    }

    private boolean matches(JsonNode lock) {
        if (only == null) {
            return true;
        }
        String asked = only.replaceAll("^(\\./)+", "").replaceAll("/+$", "");
        String path = lock.path("path").asText();
        return asked.equals(".") || path.equals(asked) || path.startsWith(asked + "/");
    }
}
