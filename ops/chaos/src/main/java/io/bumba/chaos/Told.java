package io.bumba.chaos;

/**
 * What agents did, in numbers.
 *
 * @param steps requests made
 * @param counted increments of the counter made while the lock was surely held
 * @param slow increments that took so long that the lock may have ended meanwhile
 */
record Told(long steps, long counted, long slow) {
    static final Told NOTHING = new Told(0, 0, 0);

    Told plus(Told other) {
        return new Told(steps + other.steps, counted + other.counted, slow + other.slow);
    }

    /** The reverse of {@link #toString}. */
    static Told parse(String words) {
        String[] numbers = words.split(" ", -1);
        return new Told(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
    }

    @Override
    public String toString() {
        return steps + " " + counted + " " + slow;
    }
}
