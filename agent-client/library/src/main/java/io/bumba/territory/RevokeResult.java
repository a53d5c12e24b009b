package io.bumba.territory;

import io.bumba.path.Printable;

/** What came of an operator's word that a territory is to end. */
public sealed interface RevokeResult {
    /** One line for a person. */
    String message();

    /** It has ended. */
    record Ended(String territory, String owner) implements RevokeResult {
        @Override
        public String message() {
            return "territory " + territory + " of " + owner + " has ended";
        }
    }

    /**
     * The owner was told, and has time to finish; then it ends.
     *
     * @param graceMillis how long
     * @param local whether it ends only by the owner's word or with its session, for it grants locks from memory
     */
    record Told(String territory, String owner, long graceMillis, boolean local) implements RevokeResult {
        @Override
        public String message() {
            return "territory " + territory + " of " + owner + " is being revoked: its owner has " + graceMillis
                    + " ms to finish"
                    + (local
                            ? "; it grants locks from memory, so it ends when its owner's process says so, or with its"
                                    + " session"
                            : "");
        }
    }

    /** There is no such territory. */
    record NotFound(String territory) implements RevokeResult {
        @Override
        public String message() {
            return "there is no territory " + Printable.of(territory) + "; nothing was changed";
        }
    }
}
