package io.bumba.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a coordinator says of one territory, for people. Pure. */
final class TerritoryDetails {
    private TerritoryDetails() {}

    /** One word: pending, active, resizing, orphan or revoked. */
    static String state(JsonNode territory) {
        if (territory.path("revocation").isObject()) {
            return "revoked";
        }
        String state = territory.path("state").asText();
        if (state.equals("ORPHANED")
                || (state.equals("ACTIVE") && !territory.path("ownerLives").asBoolean(true))) {
            return "orphan";
        }
        return state.equals("ACTIVE") && !territory.path("pending").isEmpty()
                ? "resizing"
                : state.toLowerCase(Locale.ROOT);
    }

    static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    static List<String> of(JsonNode territory) {
        List<String> lines = new ArrayList<>();
        add(lines, "id", territory.path("id").asText());
        add(lines, "title", territory.path("title").asText());
        add(lines, "type", territory.path("type").asText());
        add(lines, "state", state(territory) + meaning(territory));
        add(lines, "owner", territory.path("owner").asText());
        add(lines, "since", Text.seconds(territory.path("since").asText()) + age(territory));
        add(lines, "parent", territory.path("parent").asText(""));
        add(lines, "admitted", String.join(" ", texts(territory.path("admitted"))));
        add(lines, "offered to", territory.path("offer").asText(""));
        add(lines, "locks from memory", territory.path("local").asBoolean(false) ? "yes" : "");
        add(lines, "locked files", territory.path("locks").asText("0"));
        add(
                lines,
                "waiting",
                territory.path("waiters").asText("0") + " for files inside, "
                        + territory.path("contested").asText("0") + " for territories that meet it");
        list(lines, "patterns", territory.path("patterns"));
        list(lines, "to be claimed", territory.path("pending"));
        return lines;
    }

    private static String age(JsonNode territory) {
        String age = ViewCommand.age(territory);
        return age.isEmpty() ? "" : ", " + age + " ago";
    }

    private static String meaning(JsonNode territory) {
        JsonNode revocation = territory.path("revocation");
        if (revocation.isObject()) {
            return " by " + revocation.path("by").asText() + " at "
                    + Text.seconds(revocation.path("at").asText()) + ", its owner has "
                    + Durations.words(
                            Duration.ofMillis(revocation.path("graceMillis").asLong()))
                    + " from then: " + revocation.path("reason").asText();
        }
        return switch (state(territory)) {
            case "orphan" ->
                ", its owner has ended; it is kept for "
                        + Durations.words(Duration.ofMillis(
                                territory.path("orphanGraceMillis").asLong()));
            case "pending" -> ", gives no rights yet";
            default -> "";
        };
    }

    private static void add(List<String> lines, String name, String value) {
        if (!value.isEmpty() && !value.equals("null")) {
            lines.add("%-18s %s".formatted(name, Text.oneLine(value)));
        }
    }

    private static void list(List<String> lines, String name, JsonNode values) {
        for (int i = 0; i < values.size(); i++) {
            lines.add("%-18s %s"
                    .formatted(i == 0 ? name : "", Text.oneLine(values.path(i).asText())));
        }
    }
}
