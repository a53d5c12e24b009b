package io.bumba.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bumba release}. */
@Command(
        name = "release",
        description = {
            "Inside a session: give a territory of its agent back. Locks inside stay.",
            "",
            "When it was lost, this is told once more, and is then taken as known."
        },
        optionListHeading = "%nOptions:%n")
final class ReleaseCommand extends SessionVerb {
    static final String HINT = "only its owner can do that; an operator ends a territory of others with 'bumba revoke"
            + " ID --reason TEXT'";

    @Parameters(paramLabel = "ID", description = "The territory, as 'bumba territories' shows it.")
    private String id = "";

    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        return session.territories()
                .release(id)
                .thenApply(released -> SessionAnswer.done(
                        List.of("territory " + id + " released"),
                        SessionAnswer.object().put("released", id)));
    }

    @Override
    String hint() {
        return HINT;
    }
}
