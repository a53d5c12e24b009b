package io.bumba.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Of a {@code bumba claim -- COMMAND} inside a session: answers when the territory has ended or must be left, and gives it
 * back when whoever asks is gone.
 */
@Command(name = AttendVerb.NAME)
final class AttendVerb extends SessionVerb {
    static final String NAME = "attend";

    @Parameters(paramLabel = "ID")
    private String id = "";

    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        return Cancellable.map(
                session.territories().attend(id),
                released -> SessionAnswer.done(List.of(), SessionAnswer.object()),
                answer -> {});
    }
}
