package io.bumba.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bumba status}: how the fleet is, in sections. What the coordinator did not measure is not shown. */
@Command(name = "status", description = "Show agents, file locks and health.")
final class StatusCommand extends ViewCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "STATE",
            description = "Inside a session: tell everybody that its agent is active, busy, idle or suspended.")
    private @Nullable String state;

    StatusCommand(GlobalOptions global) {
        super(global);
    }

    @Override
    void check() {
        if (state != null) {
            throw SessionVerb.outside("status " + state, "");
        }
    }

    @Override
    String path() {
        return "/api/v1/status";
    }

    @Override
    Map<String, String> query() {
        return Map.of();
    }

    @Override
    List<String> lines(JsonNode status, OptionalInt columns) {
        List<String> lines = warningIfStale(status);
        lines.add("BUMBA " + status.path("version").asText("") + "  workspace "
                + status.path("workspace").asText("?") + "  cluster "
                + status.path("cluster").path("id").asText("?"));
        coordinator(status.path("coordinator"), lines);
        agents(status.path("agents"), lines);
        locks(status.path("locks"), lines);
        territories(status.path("territories"), lines);
        health(status.path("health"), lines);
        List<String> shown = new ArrayList<>();
        for (String line : lines) {
            String clean =
                    line.isEmpty() ? line : line.charAt(0) == ' ' ? "  " + Text.oneLine(line) : Text.oneLine(line);
            shown.add(columns.isPresent() ? Text.fitBeginning(clean, columns.getAsInt()) : clean);
        }
        return shown;
    }

    private static void coordinator(JsonNode coordinator, List<String> lines) {
        if (coordinator.isMissingNode()) {
            return;
        }
        heading(lines, "COORDINATOR");
        entry(
                lines,
                "instance",
                coordinator.path("instance").asText()
                        + (coordinator.path("leading").asBoolean() ? ", leads" : ", does not lead"));
        entry(lines, "leader", coordinator.path("leader").asText("nobody"));
    }

    private static void agents(JsonNode agents, List<String> lines) {
        if (agents.isMissingNode()) {
            return;
        }
        heading(lines, "AGENTS");
        entry(
                lines,
                "total",
                agents.path("total").asText()
                        + (agents.has("max") ? " of " + agents.path("max").asText() : ""));
        agents.path("byDepartment")
                .properties()
                .forEach(e -> entry(lines, e.getKey(), e.getValue().asText()));
    }

    private static void locks(JsonNode locks, List<String> lines) {
        if (locks.isMissingNode()) {
            return;
        }
        heading(lines, "FILE LOCKS");
        entry(lines, "active", locks.path("active").asText());
        entry(lines, "waiting", locks.path("waiting").asText());
        JsonNode oldest = locks.path("oldest");
        if (oldest.isObject()) {
            entry(
                    lines,
                    "oldest",
                    oldest.path("path").asText() + ", for " + age(oldest) + ", "
                            + oldest.path("agent").asText());
        }
    }

    private static void territories(JsonNode territories, List<String> lines) {
        if (territories.isMissingNode()) {
            return;
        }
        heading(lines, "TERRITORIES");
        entry(lines, "total", territories.path("total").asText());
        territories
                .path("byType")
                .properties()
                .forEach(e -> entry(lines, e.getKey(), e.getValue().asText()));
        entry(lines, "being allocated", territories.path("pending").asText());
        entry(lines, "orphans", territories.path("orphans").asText());
        entry(lines, "waiting", territories.path("waiting").asText());
    }

    private static void health(JsonNode health, List<String> lines) {
        if (health.isMissingNode()) {
            return;
        }
        heading(lines, "HEALTH");
        entry(lines, "all", health.path("healthy").asBoolean() ? "healthy" : "NOT HEALTHY");
        health.path("checks").properties().forEach(e -> {
            String message = e.getValue().path("message").asText("");
            entry(
                    lines,
                    e.getKey(),
                    (e.getValue().path("healthy").asBoolean() ? "ok" : "PROBLEM")
                            + (message.isEmpty() || message.equals("null") ? "" : ", " + message));
        });
    }

    private static void heading(List<String> lines, String title) {
        lines.add("");
        lines.add(title);
    }

    private static void entry(List<String> lines, String name, String value) {
        lines.add(String.format(Locale.ROOT, "  %-18s %s", Text.shortened(name, 64), value));
    }
}
