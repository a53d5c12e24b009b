package io.bumba.bench;

import java.util.Arrays;

/**
 * The middle half of many measurements.
 *
 * @param median the middle one
 * @param q1 a quarter of them is smaller
 * @param q3 a quarter of them is larger
 * @param rounds how many there were
 */
record Spread(double median, double q1, double q3, int rounds) {
    static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(at(sorted, 0.5), at(sorted, 0.25), at(sorted, 0.75), sorted.length);
    }

    /** Of the quotients round by round: what disturbs one round disturbs both sides of it. */
    static Spread ofRatios(long[] above, long[] below) {
        double[] ratios = new double[above.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = (double) above[i] / below[i];
        }
        return of(ratios);
    }

    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int lower = (int) place;
        int upper = Math.min(lower + 1, sorted.length - 1);
        return sorted[lower] + (place - lower) * (sorted[upper] - sorted[lower]);
    }
}
