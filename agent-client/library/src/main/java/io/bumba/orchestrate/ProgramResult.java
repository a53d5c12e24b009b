package io.bumba.orchestrate;

import java.time.Duration;

/** How a program ended. Everything that is expected to happen is one of these. */
public sealed interface ProgramResult {
    /** One line for a person or an agent. */
    String message();

    /** What it printed to stdout, if that was captured. */
    default Printed out() {
        return Printed.NOTHING;
    }

    /** What it printed to stderr, if that was captured. */
    default Printed err() {
        return Printed.NOTHING;
    }

    /**
     * It ended by itself, and its agent and what it held stood until then.
     *
     * @param code its exit code; 128+n when signal n ended it
     */
    record Exited(int code, Printed out, Printed err) implements ProgramResult {
        @Override
        public String message() {
            return "the program exited with " + code;
        }
    }

    /** Its time was over, so it was ended. */
    record TimedOut(Duration limit, Printed out, Printed err) implements ProgramResult {
        @Override
        public String message() {
            return "the program was ended after its time limit of " + limit;
        }
    }

    /** It was ended: the runner is closed, or an operator revoked the territory. What it held stood until then. */
    record Stopped(String why, Printed out, Printed err) implements ProgramResult {
        @Override
        public String message() {
            return "the program was ended: " + why;
        }
    }

    /** Its agent or what it held ended, so it was ended; or it cannot be known that they did not end. */
    record Lost(String why, Printed out, Printed err) implements ProgramResult {
        @Override
        public String message() {
            return "what the program did is not to be trusted: " + why;
        }
    }

    /** Its locks or its territory were not to be had: it never started. */
    record Refused(String why) implements ProgramResult {
        @Override
        public String message() {
            return "the program did not start: " + why;
        }
    }

    /** The system could not start it: no such program, not executable, no such directory. */
    record NotStarted(String why) implements ProgramResult {
        @Override
        public String message() {
            return "the program could not be started: " + why;
        }
    }
}
