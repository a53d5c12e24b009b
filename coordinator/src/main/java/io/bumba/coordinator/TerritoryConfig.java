package io.bumba.coordinator;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.bumba.territory.Revocations;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** The section {@code territories} of the configuration. */
final class TerritoryConfig {
    @JsonProperty
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.MINUTES)
    private Duration sweepInterval = Duration.seconds(5);

    @JsonProperty
    @Min(1)
    @Max(10_000)
    private int revocationsKept = Revocations.KEPT;

    java.time.Duration sweepInterval() {
        return sweepInterval.toJavaDuration();
    }

    int revocationsKept() {
        return revocationsKept;
    }
}
