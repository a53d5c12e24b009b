package io.bumba.cli;

import io.bumba.BumbaException;
import io.bumba.lock.LockRefusedException;
import io.bumba.territory.TerritoryRefusedException;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns whatever was thrown into one line on stderr and an exit code; the stack trace only when asked for. */
final class Errors implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final boolean debug;

    Errors(boolean debug) {
        this.debug = debug;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        return tell(e, line(e));
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        return tell(e, line(e));
    }

    private int tell(Exception e, String line) {
        System.out.flush();
        System.err.println("bumba: " + Text.oneLine(line));
        if (debug) {
            e.printStackTrace();
        }
        return code(e).number();
    }

    /** The one line that is told of it. */
    static String line(Exception e) {
        if (e instanceof ParameterException words) {
            return e.getMessage() + "; see '"
                    + words.getCommandLine().getCommandSpec().qualifiedName() + " --help'";
        }
        boolean ours = e instanceof CliException
                || e instanceof BumbaException
                || e instanceof LockRefusedException
                || e instanceof TerritoryRefusedException
                || e instanceof IllegalArgumentException
                || e instanceof IllegalStateException;
        return ours && e.getMessage() != null
                ? Objects.requireNonNull(e.getMessage())
                : "unexpected " + e + "; please report it (BUMBA_DEBUG=1 shows where it came from)";
    }

    static ExitCode code(Exception e) {
        if (e instanceof CliException cli) {
            return cli.code();
        }
        if (e instanceof BumbaException bumba) {
            return switch (bumba.code()) {
                case UNAVAILABLE, SESSION_LOST -> ExitCode.UNREACHABLE;
                case LOCK_LOST -> ExitCode.LOST;
                case WRONG_CLUSTER -> ExitCode.NOT_BOUND;
                case RELEASE_UNCONFIRMED, LIMIT, NO_AUTH, UNSUPPORTED, IO, PROTOCOL -> ExitCode.PROBLEM;
            };
        }
        if (e instanceof LockRefusedException) {
            return ExitCode.HELD;
        }
        if (e instanceof TerritoryRefusedException refused) {
            return TerritoryAnswers.code(refused.result());
        }
        return e instanceof ParameterException || e instanceof IllegalArgumentException
                ? ExitCode.USAGE
                : ExitCode.PROBLEM;
    }
}
