package io.bumba.orchestrate;

/**
 * The code of a sprint.
 *
 * @param <T> what it comes to
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface Sprint<T, X extends Exception> {
    /**
     * Runs while the territory is held. Looks at {@link SprintContext#isStopped} before each effect.
     *
     * @return not null
     */
    T run(SprintContext context) throws X;
}
