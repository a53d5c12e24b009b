package io.bumba.chaos;

import java.util.SplittableRandom;

/** What the two sides of a race do at once. */
enum RaceKind {
    ALLOCATE_LOCK(14),
    ALLOCATE_ALLOCATE(2),
    RELEASE_ALLOCATE(1),
    /** One after the other: what was given back and confirmed is free for everybody. */
    ALLOCATE_AFTER_RELEASE(1),
    RESIZE_LOCK(2),
    RESIZE_ALLOCATE(1),
    /** A SHARED territory, and a reader inside that wants to write. */
    SHARED_UPGRADE(1);

    private final int weight;

    RaceKind(int weight) {
        this.weight = weight;
    }

    static RaceKind draw(SplittableRandom random) {
        int all = 0;
        for (RaceKind kind : values()) {
            all += kind.weight;
        }
        int left = random.nextInt(all);
        for (RaceKind kind : values()) {
            left -= kind.weight;
            if (left < 0) {
                return kind;
            }
        }
        return ALLOCATE_LOCK;
    }
}
