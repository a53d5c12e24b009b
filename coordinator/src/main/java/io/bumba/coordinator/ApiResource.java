package io.bumba.coordinator;

import com.codahale.metrics.health.HealthCheck;
import io.bumba.agent.AgentQuery;
import io.bumba.agent.AgentRecord;
import io.bumba.agent.AgentStatus;
import io.bumba.lock.BreakRecord;
import io.bumba.lock.LockEntry;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1}: reads of one picture, at most a second old while ZooKeeper answers. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
public final class ApiResource {
    private static final int DEFAULT_LIMIT = 1_000;
    private static final int MAX_LIMIT = 10_000;

    /** What does not change while the coordinator runs. */
    record Fixed(String clusterId, String workspace, int maxAgents) {}

    /** Who answers: its name, and whether it leads now. */
    record Identity(String instance, BooleanSupplier leading) {}

    private final Fixed fixed;
    private final Identity identity;
    private final Refreshed<Picture> pictures;
    private final Refreshed<Broken> breaks;
    private final Refreshed<Map<String, HealthCheck.Result>> health;

    /** The recorded breaks, the latest first, and when they were read. */
    record Broken(List<BreakRecord> breaks, Instant readAt) {}

    ApiResource(
            Fixed fixed,
            Identity identity,
            Refreshed<Picture> pictures,
            Refreshed<Broken> breaks,
            Refreshed<Map<String, HealthCheck.Result>> health) {
        this.fixed = fixed;
        this.identity = identity;
        this.pictures = pictures;
        this.breaks = breaks;
        this.health = health;
    }

    @GET
    @Path("/status")
    public Object status() {
        Refreshed.Aged<Picture> aged = pictures.get();
        return new Answers.Status(
                Answers.AsOf.of(aged),
                new Answers.Cluster(fixed.clusterId()),
                fixed.workspace(),
                Version.TEXT,
                new Answers.Coordinator(
                        identity.instance(),
                        identity.leading().getAsBoolean(),
                        aged.value().leader().orElse(null)),
                Answers.AgentCounts.of(aged.value(), fixed.maxAgents()),
                Answers.LockCounts.of(aged),
                aged.value()
                        .territories()
                        .view()
                        .map(TerritoryAnswers.Counts::of)
                        .orElse(null),
                Answers.Health.of(health.get().value()));
    }

    @GET
    @Path("/agents")
    public Object agents(
            @QueryParam("department") @Nullable String department,
            @QueryParam("capability") @Nullable String capability,
            @QueryParam("status") @Nullable String status,
            @QueryParam("limit") @Nullable String limit) {
        AgentQuery query = new AgentQuery(
                Optional.ofNullable(department),
                Optional.ofNullable(capability),
                Optional.ofNullable(status).map(ApiResource::agentStatus));
        int most = limit(limit);
        Refreshed.Aged<Picture> aged = pictures.get();
        List<AgentRecord> found = first(aged.value().agents().stream(), query::matches, most + 1);
        return new Answers.AgentList(
                Answers.AsOf.of(aged), found.subList(0, Math.min(most, found.size())), found.size() > most);
    }

    @GET
    @Path("/locks")
    public Object locks(
            @QueryParam("path") @Nullable String path,
            @QueryParam("agent") @Nullable String agent,
            @QueryParam("limit") @Nullable String limit) {
        Predicate<LockEntry> wanted =
                entry -> (path == null || entry.path().toString().equals(path))
                        && (agent == null
                                || Stream.concat(
                                                entry.holders().stream().map(io.bumba.lock.Holder::agent),
                                                entry.waiters().stream().map(io.bumba.lock.Waiter::agent))
                                        .anyMatch(agent::equals));
        int most = limit(limit);
        Refreshed.Aged<Picture> aged = pictures.get();
        List<LockEntry> found = first(aged.value().locks().locks().stream(), wanted, most + 1);
        Answers.Moment now = Answers.Moment.of(aged);
        return new Answers.LockList(
                Answers.AsOf.of(aged),
                found.stream().limit(most).map(e -> Answers.Lock.of(e, now)).toList(),
                found.size() > most);
    }

    @GET
    @Path("/breaks")
    public Object breaks(@QueryParam("limit") @Nullable String limit) {
        int most = limit(limit);
        Refreshed.Aged<Broken> aged = breaks.get();
        List<BreakRecord> found = aged.value().breaks();
        return new Answers.BreakList(
                Answers.Age.of(aged, aged.value().readAt()),
                found.stream().limit(most).map(Answers.Break::of).toList(),
                found.size() > most);
    }

    static <T> List<T> first(Stream<T> all, Predicate<T> wanted, int most) {
        return all.filter(wanted).limit(most).toList();
    }

    private static AgentStatus agentStatus(String text) {
        return oneOf("status", text, AgentStatus.values());
    }

    /** The value that the text names, in upper or lower case. */
    static <E extends Enum<E>> E oneOf(String parameter, String text, E[] values) {
        return Arrays.stream(values)
                .filter(value -> value.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new BadRequestException(
                        parameter + " must be one of " + Arrays.toString(values).toLowerCase(Locale.ROOT)));
    }

    static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_LIMIT) {
            throw new BadRequestException("limit must be a number in 1.." + MAX_LIMIT);
        }
        return Integer.parseInt(text);
    }
}
