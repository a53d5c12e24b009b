package io.bumba.lock;

/** Who is served first among waiters; never a reason to displace a holder. Within one priority the order is arrival. */
public enum Priority {
    LOW,
    NORMAL,
    HIGH,
    CRITICAL
}
