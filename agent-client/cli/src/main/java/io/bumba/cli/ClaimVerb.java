package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.territory.TerritoryGrant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bumba claim} inside a session, for its agent; the command after {@code --} is the caller's to run. */
@Command(name = "claim")
final class ClaimVerb extends SessionVerb {
    @Mixin
    private final ClaimOptions options = new ClaimOptions();

    @Parameters(arity = "1..*", paramLabel = "PATTERN")
    private List<String> texts = new ArrayList<>();

    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        if (options.patience().compareTo(LockCommand.MAX_WAIT) > 0) {
            throw new IllegalArgumentException("a wait of " + Durations.words(options.patience())
                    + " is longer than 1 h; ask again when it has passed");
        }
        return Cancellable.map(
                session.territories().claim(options.request(session.resolvePatterns(texts, cwd))),
                item -> answer(session, item.grant()),
                answer -> answer.undelivered().run());
    }

    private static SessionAnswer answer(LiveSession session, TerritoryGrant grant) {
        ObjectNode json =
                SessionAnswer.object().put("agent", session.agent().id().value());
        return new SessionAnswer(
                ExitCode.OK,
                List.of("territory " + grant.id() + " claimed, " + TerritoryAnswers.area(grant)),
                List.of(),
                TerritoryAnswers.describe(grant, json),
                () -> session.territories().withdraw(grant));
    }
}
