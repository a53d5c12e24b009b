package io.bumba.lock;

import io.bumba.path.Printable;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to ask for a lock. Start from {@link #tryNow()}, {@link #waitUpTo} or {@link #waitDefault()} and refine.
 *
 * @param mode exclusive unless said otherwise
 * @param patience how long to wait in the queue; zero refuses at once; null takes the workspace's {@code fileLockTimeout}
 * @param priority the place in the queue
 * @param reason shown to whoever is refused; at most {@value #MAX_REASON} characters, no control characters
 * @param lease how long the lock is held at most, from the grant; it then ends by itself. Null has no such end
 * @param requestId the caller's own name of this request, {@code [A-Za-z0-9_.:-]}, 1 to 64 characters: asked for again
 *     under the same one, the same grant is the answer, and counts once. Null when it will not be repeated
 */
public record LockOptions(
        LockMode mode,
        @Nullable Duration patience,
        Priority priority,
        String reason,
        @Nullable Duration lease,
        @Nullable String requestId) {
    /** The longest wait that is accepted; a longer one is refused, for it is a mistake of units. */
    public static final Duration MAX_WAIT = Duration.ofDays(7);

    public static final int MAX_REASON = 500;

    /** A shorter lease would end before its holder could be told that it is about to. */
    public static final Duration MIN_LEASE = Duration.ofMillis(100);

    /** A longer lease is refused, for it is a mistake of units. */
    public static final Duration MAX_LEASE = Duration.ofDays(7);

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");

    public LockOptions {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(reason, "reason");
        if (patience != null && patience.isNegative()) {
            throw new IllegalArgumentException(
                    "wait " + patience + " is negative; give zero to try once, or a positive time");
        }
        if (patience != null && patience.compareTo(MAX_WAIT) > 0) {
            throw new IllegalArgumentException("wait " + patience + " is longer than the limit MAX_WAIT of " + MAX_WAIT
                    + "; ask again when it has passed");
        }
        OneLine.require("reason", reason, "MAX_REASON", MAX_REASON);
        if (lease != null) {
            requireLease(lease);
        }
        if (requestId != null && !REQUEST_ID.matcher(requestId).matches()) {
            throw new IllegalArgumentException("request id '" + Printable.of(requestId)
                    + "' is not of the form [A-Za-z0-9_.:-], 1 to 64 characters; a UUID is one");
        }
    }

    /** Exclusive, refused at once when the file is held. */
    public static LockOptions tryNow() {
        return new LockOptions(LockMode.EXCLUSIVE, Duration.ZERO, Priority.NORMAL, "", null, null);
    }

    /** Exclusive, waiting in the queue for at most this long. */
    public static LockOptions waitUpTo(Duration wait) {
        return new LockOptions(LockMode.EXCLUSIVE, Objects.requireNonNull(wait), Priority.NORMAL, "", null, null);
    }

    /** Exclusive, waiting for at most the workspace's {@code fileLockTimeout}. */
    public static LockOptions waitDefault() {
        return new LockOptions(LockMode.EXCLUSIVE, null, Priority.NORMAL, "", null, null);
    }

    public LockOptions shared() {
        return new LockOptions(LockMode.SHARED, patience, priority, reason, lease, requestId);
    }

    public LockOptions withPriority(Priority newPriority) {
        return new LockOptions(mode, patience, newPriority, reason, lease, requestId);
    }

    public LockOptions because(String newReason) {
        return new LockOptions(mode, patience, priority, newReason, lease, requestId);
    }

    /** Held for at most this long, {@link #MIN_LEASE} to {@link #MAX_LEASE}. */
    public LockOptions forAtMost(Duration newLease) {
        return new LockOptions(mode, patience, priority, reason, Objects.requireNonNull(newLease), requestId);
    }

    /** Safe to repeat: see {@code requestId}. */
    public LockOptions asRequest(String id) {
        return new LockOptions(mode, patience, priority, reason, lease, Objects.requireNonNull(id));
    }

    /** The same, waiting otherwise. */
    public LockOptions waiting(Duration wait) {
        return new LockOptions(mode, Objects.requireNonNull(wait), priority, reason, lease, requestId);
    }

    /** @throws IllegalArgumentException when the length is out of bounds */
    static void requireLease(Duration length) {
        if (length.compareTo(MIN_LEASE) < 0 || length.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException("lease " + length + " is not between MIN_LEASE " + MIN_LEASE
                    + " and MAX_LEASE " + MAX_LEASE + "; leave it out to hold the lock until it is released");
        }
    }
}
