package io.bumba.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** Clients that want the same lock again and again, and count under it. */
final class Contest {
    private final Tally tally = new Tally();
    private final AtomicLong grants = new AtomicLong();
    private final Contestant contestant;

    /** @param locker the one lock, as each client sees it */
    Contest(String name, int clients, IntFunction<Locker> locker) {
        this.contestant = Contestant.of(name, clients, i -> {
            Locker wanted = locker.apply(i);
            return () -> {
                wanted.lock();
                tally.increment();
                wanted.unlock();
                long unused = grants.incrementAndGet();
            };
        });
    }

    Contestant contestant() {
        return contestant;
    }

    /** @throws BenchException when the counter is not exact; call it when nobody runs */
    Exclusion exclusion(int servers) {
        return new Exclusion(contestant.name(), servers, grants.get(), tally.value());
    }
}
