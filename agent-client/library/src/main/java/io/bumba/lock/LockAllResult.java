package io.bumba.lock;

import java.util.Optional;

/** The answer to a request for several files: all of them, or why not. */
public sealed interface LockAllResult {
    /** One line for a person or an agent. */
    String message();

    /** The grants, or empty when there are none. */
    default Optional<GrantSet> grants() {
        return Optional.empty();
    }

    /**
     * The grants.
     *
     * @throws LockRefusedException with {@link #message()} when there are none
     */
    GrantSet orElseThrow();

    /** All files are held. */
    record Granted(GrantSet held) implements LockAllResult {
        @Override
        public Optional<GrantSet> grants() {
            return Optional.of(held);
        }

        @Override
        public GrantSet orElseThrow() {
            return held;
        }

        @Override
        public String message() {
            return held.grants().size() + " files are locked by you";
        }
    }

    /**
     * None is held: what was taken before the refusal was given back.
     *
     * @param why the refusal of the first file that could not be had
     */
    record Refused(LockResult why) implements LockAllResult {
        @Override
        public GrantSet orElseThrow() {
            throw new LockRefusedException(why);
        }

        @Override
        public String message() {
            return why.message();
        }
    }
}
