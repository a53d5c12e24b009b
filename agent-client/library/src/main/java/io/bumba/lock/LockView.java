package io.bumba.lock;

import java.time.Instant;
import java.util.List;

/**
 * A picture of all file locks, for people and displays; it decides nothing.
 *
 * @param locks by path
 * @param zxid a zxid that the picture is no older than: the last one that the reading session had seen when it began
 * @param readAt when the reading began, by this machine's clock
 */
public record LockView(List<LockEntry> locks, long zxid, Instant readAt) {
    public LockView {
        locks = List.copyOf(locks);
    }
}
