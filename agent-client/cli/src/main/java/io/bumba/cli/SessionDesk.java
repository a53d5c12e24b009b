package io.bumba.cli;

import io.bumba.lock.LockMode;
import io.bumba.lock.LockOptions;
import io.bumba.lock.Priority;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;

/**
 * Reads what is asked of a session and lets it act. {@code /command} takes a form with {@code cwd} and an {@code arg} for
 * each word of the command line; {@code /hook/pre-edit} takes the JSON of an agent's tool as it is. Thread-safe.
 */
final class SessionDesk {
    private final LiveSession session;

    SessionDesk(LiveSession session) {
        this.session = session;
    }

    /** The answer, and in which form. Never fails; cancelling leaves nothing behind. */
    record Asked(CompletableFuture<SessionAnswer> answer, boolean json) {}

    Asked command(byte[] body) {
        boolean json = false;
        try {
            Form form = Form.parse(body);
            json = form.args().contains("--json");
            CommandLine line = commandLine();
            SessionVerb verb = (SessionVerb) line.parseArgs(form.args().toArray(String[]::new))
                    .subcommand()
                    .commandSpec()
                    .userObject();
            json = verb.json();
            session.requireAlive();
            return new Asked(refused(verb.act(session, path(form.cwd()))), json);
        } catch (RuntimeException e) {
            return new Asked(CompletableFuture.completedFuture(SessionAnswer.refusal(e)), json);
        }
    }

    /** Locks the files that a tool is about to edit, without waiting. */
    Asked preEdit(byte[] body) {
        try {
            session.requireAlive();
            ToolCall call = ToolCall.parse(body);
            if (call.files().isEmpty()) {
                return new Asked(
                        CompletableFuture.completedFuture(SessionAnswer.done(List.of(), SessionAnswer.object())),
                        false);
            }
            LockOptions options = new LockOptions(
                    LockMode.EXCLUSIVE, Duration.ZERO, Priority.NORMAL, reason(call.tool()), null, null);
            return new Asked(refused(LockCommand.lock(session, call.files(), directory(call), options)), false);
        } catch (RuntimeException e) {
            return new Asked(CompletableFuture.completedFuture(SessionAnswer.refusal(e)), false);
        }
    }

    private static CompletableFuture<SessionAnswer> refused(CompletableFuture<SessionAnswer> answer) {
        CompletableFuture<SessionAnswer> always = new CompletableFuture<>();
        CompletableFuture<SessionAnswer> unused = answer.whenComplete((done, failure) -> {
            if (!always.complete(failure == null ? done : SessionAnswer.refusal(Cancellable.cause(failure)))
                    && failure == null) {
                done.undelivered().run();
            }
        });
        CompletableFuture<SessionAnswer> unusedToo = always.whenComplete((done, failure) -> {
            if (always.isCancelled()) {
                answer.cancel(false);
            }
        });
        return always;
    }

    /** A relative name without a directory would be looked for where the session stands, which may be elsewhere. */
    private static Path directory(ToolCall call) {
        Path cwd = call.cwd().isEmpty() ? Path.of("/") : path(call.cwd());
        if (call.cwd().isEmpty() && call.files().stream().anyMatch(file -> !file.startsWith("/"))) {
            throw new IllegalArgumentException(
                    "the tool names a file by a relative path and does not say where it stands (cwd); nothing was locked");
        }
        return cwd;
    }

    private static Path path(String text) {
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the directory '" + Text.shortened(text, 80) + "' is none", e);
        }
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException(
                    "the directory '" + Text.shortened(text, 80) + "' is not absolute; say where you stand");
        }
        return path;
    }

    private static String reason(String tool) {
        return "edit by " + Text.shortened(tool, 60);
    }

    private static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Verbs())
                .addSubcommand(new LockCommand())
                .addSubcommand(new UnlockCommand())
                .addSubcommand(new HeldCommand())
                .addSubcommand(new ClaimVerb())
                .addSubcommand(new ReleaseCommand())
                .addSubcommand(new ResizeCommand())
                .addSubcommand(new OwnTerritoriesVerb())
                .addSubcommand(new ExplainVerb())
                .addSubcommand(new AttendVerb())
                .addSubcommand(new WhoamiCommand())
                .addSubcommand(new SayStatusCommand());
        Main.configure(line);
        return line;
    }

    @CommandLine.Command(name = "bumba")
    private static final class Verbs {}

    /** A form as {@code curl --data-urlencode} makes it. Bytes that are not UTF-8 become U+FFFD, which no path may hold. */
    private record Form(String cwd, List<String> args) {
        static Form parse(byte[] body) {
            String cwd = "";
            List<String> args = new ArrayList<>();
            for (String field : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
                int sign = field.indexOf('=');
                String name = sign < 0 ? field : field.substring(0, sign);
                String value = URLDecoder.decode(field.substring(sign + 1), StandardCharsets.UTF_8);
                if (name.equals("cwd")) {
                    cwd = value;
                } else if (name.equals("arg")) {
                    args.add(value);
                }
            }
            return new Form(cwd, args);
        }
    }
}
