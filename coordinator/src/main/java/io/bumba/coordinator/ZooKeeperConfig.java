package io.bumba.coordinator;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.concurrent.TimeUnit;

/** The section {@code zookeeper} of the configuration. */
final class ZooKeeperConfig {
    @JsonProperty
    private boolean embedded = true;

    @JsonProperty
    @NotNull
    @Pattern(
            regexp = "|[A-Za-z0-9_.\\-\\[\\]:]+:[0-9]{1,5}(,[A-Za-z0-9_.\\-\\[\\]:]+:[0-9]{1,5})*",
            message = "must be of the form host:port[,host:port...]")
    private String connectString = "";

    @JsonProperty
    @NotBlank
    private String bindAddress = "127.0.0.1";

    @JsonProperty
    @Min(0)
    @Max(65_535)
    private int port;

    @JsonProperty
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.SECONDS)
    private Duration tickTime = Duration.seconds(1);

    @JsonProperty
    @NotNull
    @MinDuration(value = 500, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    private Duration minSessionTimeout = Duration.seconds(2);

    @JsonProperty
    @NotNull
    @MinDuration(value = 500, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    private Duration maxSessionTimeout = Duration.minutes(10);

    @JsonProperty
    @Min(0)
    @Max(100_000)
    private int maxClientConnections;

    @JsonProperty
    @Min(3)
    @Max(1_000)
    private int snapshotsKept = 5;

    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    private Duration startTimeout = Duration.seconds(30);

    @JsonIgnore
    @ValidationMethod(message = "connectString must name the servers when zookeeper.embedded is false")
    public boolean isConnectStringGiven() {
        return embedded || !connectString.isEmpty();
    }

    @JsonIgnore
    @ValidationMethod(message = "connectString is given, so zookeeper.embedded must be false")
    public boolean isConnectStringMeant() {
        return !embedded || connectString.isEmpty();
    }

    @JsonIgnore
    @ValidationMethod(message = "minSessionTimeout must be at least two ticks (tickTime) and at most maxSessionTimeout")
    public boolean isSessionTimeoutsOrdered() {
        return minSessionTimeout.toMilliseconds() >= 2 * tickTime.toMilliseconds()
                && minSessionTimeout.toMilliseconds() <= maxSessionTimeout.toMilliseconds();
    }

    boolean embedded() {
        return embedded;
    }

    String connectString() {
        return connectString;
    }

    String bindAddress() {
        return bindAddress;
    }

    int port() {
        return port;
    }

    java.time.Duration tickTime() {
        return tickTime.toJavaDuration();
    }

    java.time.Duration minSessionTimeout() {
        return minSessionTimeout.toJavaDuration();
    }

    java.time.Duration maxSessionTimeout() {
        return maxSessionTimeout.toJavaDuration();
    }

    int maxClientConnections() {
        return maxClientConnections;
    }

    int snapshotsKept() {
        return snapshotsKept;
    }

    java.time.Duration startTimeout() {
        return startTimeout.toJavaDuration();
    }
}
