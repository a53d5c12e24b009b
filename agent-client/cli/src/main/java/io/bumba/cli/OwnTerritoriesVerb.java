package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;

/** {@code bumba territories} inside a session: those of its agent. */
@Command(name = "territories")
final class OwnTerritoriesVerb extends SessionVerb {
    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        List<SessionTerritories.Item> owned = session.territories().owned();
        ObjectNode json =
                SessionAnswer.object().put("agent", session.agent().id().value());
        describe(owned, json.putArray("territories"));
        return CompletableFuture.completedFuture(SessionAnswer.done(lines(owned), json));
    }

    static void describe(List<SessionTerritories.Item> owned, ArrayNode into) {
        owned.forEach(item -> TerritoryAnswers.describe(item.grant(), into.addObject())
                .put("since", item.since().toString()));
    }

    static List<String> lines(List<SessionTerritories.Item> owned) {
        return owned.stream()
                .map(item -> item.grant().id() + "  territory, " + TerritoryAnswers.area(item.grant()) + ", since "
                        + item.since() + ": " + item.grant().title())
                .toList();
    }
}
