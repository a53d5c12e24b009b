package io.bumba.cli;

import io.bumba.agent.AgentStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bumba status STATE}, inside a session. */
@Command(name = "status", description = "Inside a session: tell everybody what its agent is doing.")
final class SayStatusCommand extends SessionVerb {
    private static final Map<String, AgentStatus> STATES = Map.of(
            "active", AgentStatus.ACTIVE,
            "busy", AgentStatus.BUSY,
            "idle", AgentStatus.IDLE,
            "suspended", AgentStatus.SUSPENDED);

    @Parameters(arity = "1", paramLabel = "STATE", description = "active, busy, idle or suspended.")
    private String state = "";

    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        AgentStatus status = STATES.get(state.toLowerCase(Locale.ROOT));
        if (status == null) {
            throw new IllegalArgumentException(
                    "'" + Text.shortened(state, 40) + "' is no state; say active, busy, idle or suspended");
        }
        session.say(status);
        return CompletableFuture.completedFuture(SessionAnswer.done(
                List.of(session.agent().id() + " is " + status.name().toLowerCase(Locale.ROOT)),
                SessionAnswer.object()
                        .put("agent", session.agent().id().value())
                        .put("status", status.name())));
    }
}
