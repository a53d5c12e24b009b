package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;

/** {@code bumba whoami}. */
@Command(
        name = "whoami",
        description = "Inside a session: print the id of its agent.",
        optionListHeading = "%nOptions:%n")
final class WhoamiCommand extends SessionVerb {
    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        String id = session.agent().id().value();
        ObjectNode json = SessionAnswer.object()
                .put("agent", id)
                .put("workspace", session.tree().workspace())
                .put("tree", session.tree().root().toString());
        return CompletableFuture.completedFuture(SessionAnswer.done(List.of(id), json));
    }
}
