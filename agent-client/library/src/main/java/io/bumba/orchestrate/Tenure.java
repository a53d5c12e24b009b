package io.bumba.orchestrate;

import java.util.Optional;

/** What an agent holds while code runs. */
interface Tenure {
    /** For an agent that holds nothing. */
    Tenure NONE = new Tenure() {
        @Override
        public void watch(Stop stop) {}

        @Override
        public Optional<String> giveBack() {
            return Optional.empty();
        }
    };

    /** Says stop when it is lost, or has to be given back. */
    void watch(Stop stop);

    /**
     * Gives it back, once. Neither fails nor is interrupted.
     *
     * @return why it cannot be said that it stood until now; empty when it did
     */
    Optional<String> giveBack();
}
