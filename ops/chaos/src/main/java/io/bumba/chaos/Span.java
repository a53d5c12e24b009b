package io.bumba.chaos;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that was so from one zxid on, until another.
 *
 * @param <T> what was so
 */
final class Span<T> {
    private final T what;
    private final long from;
    private long to = Long.MAX_VALUE;

    Span(T what, long from) {
        this.what = Objects.requireNonNull(what);
        this.from = from;
    }

    static void end(@Nullable Span<?> span, long zxid) {
        if (span != null) {
            span.to = zxid;
        }
    }

    T what() {
        return what;
    }

    long from() {
        return from;
    }

    /** When it was so no more. */
    long to() {
        return to;
    }

    /** Whether it was so at some moment between the two, both included. */
    boolean reaches(long begin, long end) {
        return from <= end && to > begin;
    }
}
