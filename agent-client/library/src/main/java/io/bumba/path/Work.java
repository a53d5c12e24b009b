package io.bumba.path;

/** Counts the steps of one decision, and ends it past a limit. Not thread-safe. */
final class Work {
    /** The limit was passed: there is no answer. */
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exceeded(long limit) {
            super("more than " + limit + " steps");
        }
    }

    private final long limit;
    private long steps;

    private Work(long limit) {
        this.limit = limit;
    }

    static Work unlimited() {
        return new Work(Long.MAX_VALUE);
    }

    static Work atMost(long limit) {
        return new Work(limit);
    }

    void step() {
        steps(1);
    }

    void steps(int count) {
        steps += count;
        if (steps > limit) {
            throw new Exceeded(limit);
        }
    }

    long steps() {
        return steps;
    }
}
