package io.bumba.chaos;

/** What an actor repeats until it is asked to stop. */
interface Act {
    /** Once more. */
    void perform() throws InterruptedException;

    /** Lets the agent go. */
    void dismiss();

    /** What was done so far; read after the end. */
    Told told();
}
