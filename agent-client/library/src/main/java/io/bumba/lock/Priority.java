package io.bumba.lock;

import java.util.Arrays;
import java.util.Optional;

/** Who is served first among waiters; never a reason to displace a holder. Within one priority the order is arrival. */
public enum Priority {
    LOW(9),
    NORMAL(8),
    HIGH(7),
    CRITICAL(6);

    /** The first digit of a waiter's znode, so that {@code zkCli} lists the highest priority first. */
    private final int digit;

    Priority(int digit) {
        this.digit = digit;
    }

    /** One higher, or the same if it is the highest. */
    Priority raised() {
        return ofDigit(digit - 1).orElse(this);
    }

    int digit() {
        return digit;
    }

    static Optional<Priority> ofDigit(int digit) {
        return Arrays.stream(values()).filter(p -> p.digit == digit).findFirst();
    }
}
