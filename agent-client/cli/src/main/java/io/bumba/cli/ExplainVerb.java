package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.agent.AgentId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba explain} inside a session, for its agent unless another is named. */
@Command(name = "explain")
final class ExplainVerb extends SessionVerb {
    @Option(names = "--agent", paramLabel = "ID")
    private @Nullable String agent;

    @Parameters(paramLabel = "PATH")
    private String file = "";

    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        String who = agent == null ? session.agent().id().value() : new AgentId(agent).value();
        return session.explain(session.resolve(List.of(file), cwd).get(0), who).thenApply(explanation -> {
            ObjectNode json = ExplanationLines.json(explanation);
            return SessionAnswer.done(ExplanationLines.of(json), json);
        });
    }
}
