package io.bumba.coordinator;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bumba.BumbaConfig;
import io.bumba.path.CasePolicy;
import io.bumba.zk.Secret;
import io.bumba.zk.WorkspaceSettings;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The configuration; its keys, defaults and their meaning stand in {@code config/coordinator.yml}. */
final class CoordinatorConfig extends Configuration {
    @JsonProperty
    @NotNull
    @Pattern(
            regexp = "(?!\\.+$)[A-Za-z0-9_.-]{1,64}",
            message = "must be of the form [A-Za-z0-9_.-], 1 to 64 characters")
    private String workspace = "";

    @JsonProperty
    @Min(1)
    @Max(100_000)
    private int maxConcurrentAgents;

    @JsonProperty
    @NotNull
    @MinDuration(0)
    @MaxDuration(value = 7, unit = TimeUnit.DAYS)
    private Duration fileLockTimeout = Duration.seconds(0);

    @JsonProperty
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 7, unit = TimeUnit.DAYS)
    private Duration ageing = Duration.seconds(30);

    @JsonProperty
    @NotNull
    @MinDuration(0)
    @MaxDuration(value = 7, unit = TimeUnit.DAYS)
    private Duration territoryTimeout = Duration.seconds(0);

    @JsonProperty
    private boolean caseInsensitive;

    @JsonProperty
    @NotNull
    @Size(max = 1_000)
    private Map<
                    @Pattern(regexp = "[a-z0-9_.]{1,64}", message = "must name a type in lower case, [a-z0-9_.]")
                    String,
                    @NotNull
                    @Pattern(
                            regexp = "[A-Za-z0-9_.:-]{1,64}",
                            message = "must name a department, [A-Za-z0-9_.:-], 1 to 64 characters")
                    String>
            departments = Map.of();

    @JsonProperty
    @NotBlank
    @Pattern(regexp = "[^$]*", message = "contains a variable that is not set; set it or give --data DIR")
    private String dataDirectory = "";

    @JsonProperty
    @NotNull
    private String unixSocket = "";

    @JsonProperty
    @NotBlank
    private String fleetKeyFile = "";

    @JsonProperty
    @NotBlank
    private String operatorTokenFile = "";

    @JsonProperty
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.MEGABYTES)
    @MaxDataSize(value = 1, unit = DataSizeUnit.TERABYTES)
    private DataSize minFreeDisk = DataSize.megabytes(1);

    @JsonProperty
    @NotNull
    @MinDuration(value = 500, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    private Duration sessionTimeout = Duration.seconds(10);

    @JsonProperty
    @NotNull
    @Pattern(
            regexp = "(?!/zookeeper($|/))(/[A-Za-z0-9_.-]+)+",
            message = "must be the path of a znode such as /bumba, and not /zookeeper")
    private String root = "";

    @JsonProperty
    @NotNull
    @Valid
    private ZooKeeperConfig zookeeper = new ZooKeeperConfig();

    @JsonProperty
    @NotNull
    @Valid
    private LeaseConfig leases = new LeaseConfig();

    @JsonProperty
    @NotNull
    @Valid
    private TerritoryConfig territories = new TerritoryConfig();

    @JsonProperty
    @NotNull
    private String policyFile = "";

    @JsonProperty
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    private Duration policyCheckInterval = Duration.seconds(5);

    @JsonIgnore
    @ValidationMethod(
            message = "sessionTimeout must lie between zookeeper.minSessionTimeout and zookeeper.maxSessionTimeout")
    public boolean isSessionTimeoutAllowed() {
        java.time.Duration timeout = sessionTimeout.toJavaDuration();
        return !zookeeper.embedded()
                || (zookeeper.minSessionTimeout().compareTo(timeout) <= 0
                        && zookeeper.maxSessionTimeout().compareTo(timeout) >= 0);
    }

    @JsonIgnore
    @ValidationMethod(message = "server.type must be 'default': the API and the admin port are two")
    public boolean isServerTwoPorts() {
        return getServerFactory() instanceof DefaultServerFactory;
    }

    @JsonIgnore
    @ValidationMethod(message = "logging.level must be one of OFF, ERROR, WARN, INFO, DEBUG, TRACE, ALL")
    public boolean isLogLevelKnown() {
        return !(getLoggingFactory() instanceof DefaultLoggingFactory logging)
                || Level.toLevel(logging.getLevel(), null) != null;
    }

    DefaultServerFactory server() {
        return (DefaultServerFactory) getServerFactory();
    }

    String workspace() {
        return workspace;
    }

    Path dataDirectory() {
        return Path.of(dataDirectory).toAbsolutePath().normalize();
    }

    Optional<Path> unixSocket() {
        return unixSocket.isBlank()
                ? Optional.empty()
                : Optional.of(Path.of(unixSocket).toAbsolutePath().normalize());
    }

    Path fleetKeyFile() {
        return Path.of(fleetKeyFile).toAbsolutePath().normalize();
    }

    Path operatorTokenFile() {
        return Path.of(operatorTokenFile).toAbsolutePath().normalize();
    }

    long minFreeDiskBytes() {
        return minFreeDisk.toBytes();
    }

    ZooKeeperConfig zookeeper() {
        return zookeeper;
    }

    LeaseConfig leases() {
        return leases;
    }

    TerritoryConfig territories() {
        return territories;
    }

    /** As {@link ConfigFile} has resolved it. */
    Optional<Path> policyFile() {
        return policyFile.isBlank()
                ? Optional.empty()
                : Optional.of(Path.of(policyFile).toAbsolutePath().normalize());
    }

    java.time.Duration policyCheckInterval() {
        return policyCheckInterval.toJavaDuration();
    }

    CasePolicy casePolicy() {
        return caseInsensitive ? CasePolicy.FOLDED : CasePolicy.SENSITIVE;
    }

    WorkspaceSettings settings() {
        return new WorkspaceSettings(
                caseInsensitive,
                maxConcurrentAgents,
                fileLockTimeout.toMilliseconds(),
                ageing.toMilliseconds(),
                territoryTimeout.toMilliseconds(),
                departments);
    }

    BumbaConfig bumba(String connectString, Secret fleetKey) {
        try {
            return BumbaConfig.builder(connectString)
                    .root(root)
                    .workspace(workspace)
                    .sessionTimeout(sessionTimeout.toJavaDuration())
                    .fleetKey(fleetKey)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new StartFailure(StartFailure.Reason.BAD_CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
    }
}
