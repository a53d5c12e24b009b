package io.bumba.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import java.util.Optional;

/**
 * One line of the table of territories.
 *
 * @param what was measured
 * @param against what it was measured against in the same rounds; empty for a value by itself
 * @param value the ratio, or the value
 * @param unit of the value; empty for a ratio
 * @param target the most that it should be; absent when there is none
 * @param reached whether the median reaches the target
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record TerritoryRow(
        String what,
        Optional<String> against,
        Spread value,
        String unit,
        Optional<Double> target,
        Optional<Boolean> reached) {
    static TerritoryRow ratio(String what, String against, Spread ratio, Optional<Double> atMost) {
        return new TerritoryRow(
                what, Optional.of(against), ratio, "", atMost, atMost.map(most -> ratio.median() <= most));
    }

    static TerritoryRow value(String what, Spread value, String unit, Optional<Double> atMost) {
        return new TerritoryRow(
                what, Optional.empty(), value, unit, atMost, atMost.map(most -> value.median() <= most));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "  %-44s %-34s %9s %-6s %-20s %s",
                what,
                against.orElse(""),
                number(value.median()),
                unit,
                number(value.q1()) + " .. " + number(value.q3()),
                target.map(most -> "<= " + number(most) + (reached.orElse(false) ? "  reached" : "  NOT reached"))
                        .orElse(""));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
