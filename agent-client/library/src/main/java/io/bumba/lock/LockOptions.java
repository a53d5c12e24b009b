package io.bumba.lock;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to ask for a lock. Start from {@link #tryNow()}, {@link #waitUpTo} or {@link #waitDefault()} and refine.
 *
 * @param mode exclusive unless said otherwise
 * @param patience how long to wait in the queue; zero refuses at once; null takes the workspace's {@code fileLockTimeout}
 * @param priority the place in the queue
 * @param reason shown to whoever is refused; at most {@value #MAX_REASON} characters, no control characters
 */
public record LockOptions(LockMode mode, @Nullable Duration patience, Priority priority, String reason) {
    /** The longest wait that is accepted; a longer one is refused, for it is a mistake of units. */
    public static final Duration MAX_WAIT = Duration.ofDays(7);

    public static final int MAX_REASON = 500;

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
        if (reason.length() > MAX_REASON) {
            throw new IllegalArgumentException(
                    "reason has " + reason.length() + " characters, the limit MAX_REASON is " + MAX_REASON);
        }
        if (reason.chars().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
            throw new IllegalArgumentException("reason contains a control character; give one line of plain text");
        }
    }

    /** Exclusive, refused at once when the file is held. */
    public static LockOptions tryNow() {
        return new LockOptions(LockMode.EXCLUSIVE, Duration.ZERO, Priority.NORMAL, "");
    }

    /** Exclusive, waiting in the queue for at most this long. */
    public static LockOptions waitUpTo(Duration wait) {
        return new LockOptions(LockMode.EXCLUSIVE, Objects.requireNonNull(wait), Priority.NORMAL, "");
    }

    /** Exclusive, waiting for at most the workspace's {@code fileLockTimeout}. */
    public static LockOptions waitDefault() {
        return new LockOptions(LockMode.EXCLUSIVE, null, Priority.NORMAL, "");
    }

    public LockOptions shared() {
        return new LockOptions(LockMode.SHARED, patience, priority, reason);
    }

    public LockOptions withPriority(Priority newPriority) {
        return new LockOptions(mode, patience, newPriority, reason);
    }

    public LockOptions because(String newReason) {
        return new LockOptions(mode, patience, priority, newReason);
    }
}
