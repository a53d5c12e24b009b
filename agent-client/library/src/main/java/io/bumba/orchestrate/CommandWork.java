package io.bumba.orchestrate;

/**
 * The code of a command that runs in this process.
 *
 * @param <T> what it comes to
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface CommandWork<T, X extends Exception> {
    /**
     * Runs as the command's own agent. Looks at {@link CommandContext#isStopped} before each effect.
     *
     * @return not null
     */
    T run(CommandContext context) throws X;
}
