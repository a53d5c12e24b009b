package io.bumba.lock;

import java.time.Instant;
import java.util.List;

/**
 * A picture of all file locks, for people and displays; it decides nothing.
 *
 * @param locks by path
 * @param zxid the latest change that the picture contains; whatever came before it is in the picture too, if it was still so
 * @param readAt when the reading began, by this machine's clock
 */
public record LockView(List<LockEntry> locks, long zxid, Instant readAt) {
    public LockView {
        locks = List.copyOf(locks);
    }
}
