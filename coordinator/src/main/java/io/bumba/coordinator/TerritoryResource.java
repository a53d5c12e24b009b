package io.bumba.coordinator;

import io.bumba.agent.AgentId;
import io.bumba.path.CasePolicy;
import io.bumba.path.Printable;
import io.bumba.path.RepoPath;
import io.bumba.territory.Explanation;
import io.bumba.territory.Policy;
import io.bumba.territory.RevocationRecord;
import io.bumba.territory.TerritoriesView;
import io.bumba.territory.TerritoryState;
import io.bumba.territory.TerritoryType;
import io.bumba.territory.TerritoryView;
import io.bumba.territory.WaitingView;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1} about territories: reads of the same picture, but for {@code explain}, which looks anew. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
public final class TerritoryResource {
    /** The recorded revocations, the latest first, and when they were read. */
    record Revoked(List<RevocationRecord> revocations, Instant readAt) {}

    /** The policy in force, and when it was read. */
    record InForce(Policy policy, Instant readAt) {}

    /** An explanation, and when it was looked for. */
    record Looked(Explanation explanation, Instant readAt) {}

    /** There is none with that id in the picture. */
    static final class NoSuchTerritory extends NotFoundException {
        private static final long serialVersionUID = 1L;

        private NoSuchTerritory(String id) {
            super("there is no territory " + Printable.of(id)
                    + "; it may have ended. /api/v1/territories lists those that stand");
        }
    }

    /**
     * Where the answers come from.
     *
     * @param at the ids of the territories that a path lies in, as of the last picture
     * @param explain looks anew, for as long as a picture is waited for
     */
    record Sources(
            Refreshed<Picture> pictures,
            Function<RepoPath, Set<String>> at,
            BiFunction<RepoPath, Optional<String>, Refreshed.Aged<Looked>> explain,
            Refreshed<Revoked> revocations,
            Refreshed<InForce> policy) {}

    private final Sources sources;
    private final CasePolicy policy;

    TerritoryResource(Sources sources, CasePolicy policy) {
        this.sources = sources;
        this.policy = policy;
    }

    @GET
    @Path("/territories")
    public Object territories(
            @QueryParam("owner") @Nullable String owner,
            @QueryParam("type") @Nullable String type,
            @QueryParam("state") @Nullable String state,
            @QueryParam("path") @Nullable String path,
            @QueryParam("limit") @Nullable String limit) {
        Optional<TerritoryType> wantedType =
                Optional.ofNullable(type).map(text -> ApiResource.oneOf("type", text, TerritoryType.values()));
        Optional<TerritoryState> wantedState =
                Optional.ofNullable(state).map(text -> ApiResource.oneOf("state", text, TerritoryState.values()));
        Optional<RepoPath> wantedPath = Optional.ofNullable(path).map(this::path);
        int most = ApiResource.limit(limit);
        Refreshed.Aged<Picture> aged = sources.pictures().get();
        TerritoriesView all = aged.value().territories().orElseThrow();
        Optional<Set<String>> at = wantedPath.map(sources.at());
        Predicate<TerritoryView> wanted = view -> (owner == null || view.owner().equals(owner))
                && wantedType.map(view.type()::equals).orElse(true)
                && wantedState.map(view.state()::equals).orElse(true)
                && at.map(ids -> ids.contains(view.id())).orElse(true);
        List<TerritoryView> found = ApiResource.first(all.territories().stream(), wanted, most + 1);
        List<WaitingView> waiting = all.waiting();
        Answers.Moment now = Answers.Moment.of(aged);
        return new TerritoryAnswers.TerritoryList(
                Answers.AsOf.of(aged),
                all.ledgerVersion(),
                found.stream()
                        .limit(most)
                        .map(view -> TerritoryAnswers.Territory.listed(view, now))
                        .toList(),
                found.size() > most,
                waiting.stream()
                        .limit(most)
                        .map(view -> TerritoryAnswers.Waiting.of(view, now))
                        .toList(),
                waiting.size() > most);
    }

    @GET
    @Path("/territories/{id}")
    public Object territory(@PathParam("id") String id) {
        Refreshed.Aged<Picture> aged = sources.pictures().get();
        TerritoriesView all = aged.value().territories().orElseThrow();
        return all.territories().stream()
                .filter(view -> view.id().equals(id))
                .findFirst()
                .map(view -> new TerritoryAnswers.OneTerritory(
                        Answers.AsOf.of(aged),
                        all.ledgerVersion(),
                        TerritoryAnswers.Territory.whole(view, Answers.Moment.of(aged))))
                .orElseThrow(() -> new NoSuchTerritory(id));
    }

    @GET
    @Path("/explain")
    public Object explain(@QueryParam("path") @Nullable String path, @QueryParam("agent") @Nullable String agent) {
        if (path == null) {
            throw new BadRequestException("path is missing; give the file, relative to the root of the workspace");
        }
        Refreshed.Aged<Looked> looked =
                sources.explain().apply(path(path), Optional.ofNullable(agent).map(TerritoryResource::agent));
        return TerritoryAnswers.Explained.of(
                looked.value().explanation(),
                Answers.Age.of(looked, looked.value().readAt()));
    }

    @GET
    @Path("/revocations")
    public Object revocations(@QueryParam("limit") @Nullable String limit) {
        int most = ApiResource.limit(limit);
        Refreshed.Aged<Revoked> aged = sources.revocations().get();
        List<RevocationRecord> found = aged.value().revocations();
        return new TerritoryAnswers.RevocationList(
                Answers.Age.of(aged, aged.value().readAt()),
                found.stream().limit(most).map(TerritoryAnswers.Recorded::of).toList(),
                found.size() > most);
    }

    @GET
    @Path("/policy")
    public Object policy() {
        Refreshed.Aged<InForce> aged = sources.policy().get();
        return TerritoryAnswers.PolicyInForce.of(
                aged.value().policy(), Answers.Age.of(aged, aged.value().readAt()));
    }

    private RepoPath path(String text) {
        try {
            return RepoPath.of(text, policy);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(String.valueOf(e.getMessage()), e);
        }
    }

    private static String agent(String text) {
        try {
            return new AgentId(text).value();
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(String.valueOf(e.getMessage()), e);
        }
    }
}
