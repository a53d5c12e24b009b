package io.bumba.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bumba lock}: files, all or none, for the agent of the session. */
@Command(
        name = "lock",
        description = {
            "Inside a session: lock files for its agent.",
            "",
            "Takes all the locks or none, and holds them until 'bumba unlock' or the end of the session.",
            "What the session holds already is simply held, once: one unlock frees it."
        },
        optionListHeading = "%nOptions:%n")
final class LockCommand extends SessionVerb {
    /** The longest wait of one call; ask again when it has passed. */
    static final Duration MAX_WAIT = Duration.ofHours(1);

    /** The most files of one call. */
    static final int MAX_PATHS = 1_000;

    @Option(names = "--shared", description = "Lock for reading: others may read too, nobody writes.")
    private boolean shared;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Durations.Converter.class,
            description = "How long to wait for all the locks together, such as 500ms, 30s, 2m, at most 1h; 0 does not"
                    + " wait. By default what the workspace says (fileLockTimeout).")
    private @Nullable Duration wait;

    @Option(names = "--reason", paramLabel = "TEXT", description = "What for; shown to whoever has to wait.")
    private String reason = "";

    @Option(
            names = "--priority",
            paramLabel = "PRIORITY",
            description = "The place in the queue: low, normal, high or critical.")
    private Priority priority = Priority.NORMAL;

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            converter = Durations.Converter.class,
            description = "Hold it for at most this long; it then ends by itself, as a lost lock does.")
    private @Nullable Duration lease;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "The files, relative to the current directory.")
    private List<String> paths = new ArrayList<>();

    @Override
    CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd) {
        Duration patience = wait == null ? session.defaultWait() : wait;
        LockMode mode = shared ? LockMode.SHARED : LockMode.EXCLUSIVE;
        LockOptions options = new LockOptions(mode, patience, priority, reason, lease, null);
        if (patience.compareTo(MAX_WAIT) > 0) {
            throw new IllegalArgumentException(
                    "a wait of " + Durations.words(patience) + " is longer than 1 h; ask again when it has passed");
        }
        return lock(session, paths, cwd, options);
    }

    /** Locks and says what came of it. */
    static CompletableFuture<SessionAnswer> lock(
            LiveSession session, List<String> paths, Path cwd, LockOptions options) {
        if (paths.size() > MAX_PATHS) {
            throw new IllegalArgumentException(
                    paths.size() + " files are more than " + MAX_PATHS + "; lock fewer, or in several calls");
        }
        return Cancellable.map(
                session.locks().lock(session.resolve(paths, cwd), options),
                taken -> answer(session, taken),
                answer -> answer.undelivered().run());
    }

    private static SessionAnswer answer(LiveSession session, SessionLocks.Taken taken) {
        List<String> out = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        ObjectNode json = SessionAnswer.object();
        ArrayNode locked = json.put("agent", session.agent().id().value()).putArray("locked");
        for (SessionLocks.Item item : taken.items()) {
            out.add(item.path() + (item.already() ? " was locked already" : " locked") + ", token " + item.token());
            HeldCommand.describe(item, locked.addObject()).put("already", item.already());
            if (!session.exists(item.path())) {
                notes.add("note: " + item.path() + " does not exist (yet) in "
                        + session.tree().root());
            }
        }
        return new SessionAnswer(ExitCode.OK, out, notes, json, taken::withdraw);
    }
}
