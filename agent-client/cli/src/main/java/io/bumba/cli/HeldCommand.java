package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;

/** {@code bumba held}. */
@Command(
        name = "held",
        description =
                "Inside a session: list what its agent holds, by the path from the tree's root, and its territories.",
        optionListHeading = "%nOptions:%n")
final class HeldCommand extends SessionVerb {
    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        List<SessionLocks.Item> held = session.locks().held();
        ObjectNode json = SessionAnswer.object();
        ArrayNode list = json.put("agent", session.agent().id().value()).putArray("held");
        held.forEach(item -> describe(item, list.addObject()));
        List<SessionTerritories.Item> owned = session.territories().owned();
        OwnTerritoriesVerb.describe(owned, json.putArray("territories"));
        List<String> lines =
                new ArrayList<>(held.stream().map(HeldCommand::line).toList());
        lines.addAll(OwnTerritoriesVerb.lines(owned));
        return CompletableFuture.completedFuture(SessionAnswer.done(lines, json));
    }

    static ObjectNode describe(SessionLocks.Item item, ObjectNode into) {
        into.put("path", item.path().value())
                .put("mode", item.mode().name())
                .put("token", item.token())
                .put("since", item.since().toString())
                .put("reason", item.reason());
        item.leaseLeft().ifPresent(left -> into.put("leaseLeftMillis", left.toMillis()));
        return into;
    }

    private static String line(SessionLocks.Item item) {
        return item.path() + "  " + item.mode().name().toLowerCase(Locale.ROOT) + ", token " + item.token() + ", since "
                + item.since()
                + item.leaseLeft()
                        .map(left -> ", ends in " + Durations.words(left))
                        .orElse("")
                + (item.reason().isEmpty() ? "" : ": " + item.reason());
    }
}
