package io.bumba.coordinator;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** The section {@code leases} of the configuration. */
final class LeaseConfig {
    @JsonProperty
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.MINUTES)
    private Duration checkInterval = Duration.seconds(1);

    @JsonProperty
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    private Duration grace = Duration.seconds(5);

    @JsonProperty
    @Min(1)
    @Max(10_000)
    private int breaksKept = io.bumba.lock.Breaks.KEPT;

    java.time.Duration checkInterval() {
        return checkInterval.toJavaDuration();
    }

    java.time.Duration grace() {
        return grace.toJavaDuration();
    }

    int breaksKept() {
        return breaksKept;
    }
}
