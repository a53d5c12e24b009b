package io.bumba.territory;

import java.time.Instant;

/**
 * One that is in the way of a territory.
 *
 * @param agent who
 * @param kind what it has there
 * @param what the territory's id, or the locked file, or what an earlier request is for
 * @param mine the pattern asked for that meets it
 * @param theirs the pattern or file that it meets
 * @param since since when, for display
 * @param reason the territory's title, or what the lock is for; may be empty
 */
public record Conflict(String agent, Kind kind, String what, String mine, String theirs, Instant since, String reason) {
    /** What is in the way. */
    public enum Kind {
        TERRITORY,
        LOCK,
        /** Somebody asked earlier, and comes first. */
        REQUEST
    }

    /** One line for a person or an agent. */
    public String message() {
        String has =
                switch (kind) {
                    case TERRITORY -> " has territory " + what;
                    case LOCK -> " holds a lock";
                    case REQUEST -> " asked earlier";
                };
        return theirs + " (meets " + mine + "): " + agent + has + " since " + since
                + (reason.isEmpty() ? "" : ": " + reason);
    }
}
