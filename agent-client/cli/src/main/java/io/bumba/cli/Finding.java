package io.bumba.cli;

/**
 * What the doctor found about one thing.
 *
 * @param name what was looked at
 * @param level how it is
 * @param message what was seen
 * @param advice what to do; empty when all is well
 */
record Finding(String name, Level level, String message, String advice) {
    /** Only a problem makes the doctor fail. */
    enum Level {
        OK,
        WARNING,
        PROBLEM
    }

    static Finding ok(String name, String message) {
        return new Finding(name, Level.OK, message, "");
    }

    static Finding warning(String name, String message, String advice) {
        return new Finding(name, Level.WARNING, message, advice);
    }

    static Finding problem(String name, String message, String advice) {
        return new Finding(name, Level.PROBLEM, message, advice);
    }
}
