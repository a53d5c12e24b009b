package io.bumba.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that acts for the agent of a {@code bumba session}; the words are read and acted on inside its process. */
@Command
abstract class SessionVerb implements Callable<Integer> {
    @Option(names = "--json", description = "Answer in one line of JSON.")
    private boolean json;

    @Spec
    private final CommandSpec spec = CommandSpec.create();

    boolean json() {
        return json;
    }

    /** Acts. Cancelling the answer leaves nothing behind. */
    abstract CompletableFuture<SessionAnswer> act(LiveSession session, Path cwd);

    /** Outside a session there is no agent to act for. */
    @Override
    public final Integer call() {
        throw outside(spec.name(), hint());
    }

    /** What to do without a session, in words that follow a semicolon. */
    String hint() {
        return "";
    }

    static CliException outside(String verb, String hint) {
        return new CliException(
                ExitCode.UNREACHABLE,
                "'bumba " + verb + "' acts for the agent of a session, and there is none here: run it inside"
                        + " 'bumba session -- COMMAND', with '" + verb + "' as the first word after bumba"
                        + (hint.isEmpty() ? "" : "; " + hint));
    }
}
