package io.bumba.bench;

import java.util.concurrent.Callable;

/** Calls of libraries that declare any exception. */
public final class Attempt {
    private Attempt() {}

    /** @throws BenchException naming what failed */
    public static <T> T to(String what, Callable<T> call) {
        try {
            return call.call();
        } catch (BenchException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while trying to " + what, e);
        } catch (Exception e) {
            throw new BenchException("could not " + what, e);
        }
    }
}
