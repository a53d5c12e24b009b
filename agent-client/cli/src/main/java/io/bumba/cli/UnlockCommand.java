package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.path.RepoPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba unlock}. */
@Command(
        name = "unlock",
        description = {
            "Inside a session: unlock files that its agent holds.",
            "",
            "When one of them is not held, nothing is unlocked. When one was lost, the others are unlocked, it is",
            "told once more, and may be locked again."
        },
        optionListHeading = "%nOptions:%n")
final class UnlockCommand extends SessionVerb {
    @Option(names = "--all", description = "Everything that the session holds.")
    private boolean all;

    @Parameters(arity = "0..*", paramLabel = "PATH", description = "The files, relative to the current directory.")
    private List<String> paths = new ArrayList<>();

    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        if (all != paths.isEmpty()) {
            throw new IllegalArgumentException("name the files to unlock, or --all, and not both");
        }
        return (all ? session.locks().unlockAll() : session.locks().unlock(session.resolveHeld(paths, cwd)))
                .thenApply(UnlockCommand::answer);
    }

    private static SessionAnswer answer(List<RepoPath> unlocked) {
        ObjectNode json = SessionAnswer.object();
        ArrayNode list = json.putArray("unlocked");
        unlocked.forEach(path -> list.add(path.value()));
        return SessionAnswer.done(
                unlocked.stream().map(path -> path + " unlocked").toList(), json);
    }
}
