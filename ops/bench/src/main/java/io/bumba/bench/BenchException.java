package io.bumba.bench;

/** The benchmark cannot go on, or what it measured did not do what it must: no number is printed then. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BenchException(String message) {
        super(message);
    }

    public BenchException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
