package io.bumba.chaos;

import io.bumba.BumbaException;
import io.bumba.lock.LockResult;

/** Answers as words of a history. */
final class Answer {
    static final String GRANTED = "Granted";
    static final String CANCELLED = "Cancelled";
    static final String INTERRUPTED = "Interrupted";

    private Answer() {}

    static String of(LockResult result) {
        return result.getClass().getSimpleName();
    }

    static String of(BumbaException failure) {
        return "Failed." + failure.code();
    }

    static long token(LockResult result) {
        return result.grant().map(grant -> grant.token().zxid()).orElse(0L);
    }
}
