package io.bumba.coordinator;

import io.bumba.BumbaException;
import io.bumba.lock.Claim;
import io.bumba.lock.LockEntry;
import io.bumba.path.PathPatterns;
import io.bumba.path.RepoPath;
import io.bumba.territory.Explanation;
import io.bumba.territory.Policy;
import io.bumba.territory.Revocation;
import io.bumba.territory.RevocationRecord;
import io.bumba.territory.RevokeResult;
import io.bumba.territory.TerritoriesView;
import io.bumba.territory.TerritoryState;
import io.bumba.territory.TerritoryType;
import io.bumba.territory.TerritoryView;
import io.bumba.territory.WaitingView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Territories made by hand, with titles as hostile as the library lets them be. */
final class TerritoryScene {
    static final String HOSTILE = "</script><script>alert(1)</script>\"}%s";
    static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");
    static final String ADA = "Engineer-Ada-1-00000001";
    static final String BOB = "Engineer-Bob-1-00000002";

    private TerritoryScene() {}

    /** 1,200 SHARED territories of Bob's, an EXCLUSIVE one of Ada's that is an orphan, a MONITORED one that is pending. */
    static TerritoriesView view() {
        List<TerritoryView> all = new ArrayList<>();
        all.add(new TerritoryView(
                "auth-0001",
                HOSTILE,
                TerritoryType.EXCLUSIVE,
                TerritoryState.ORPHANED,
                ADA,
                false,
                IntStream.range(0, 150).mapToObj(i -> "src/auth/" + i + "/**").toList(),
                List.of(),
                Optional.of("whole-0001"),
                List.of(BOB),
                SINCE,
                90_000,
                false,
                Optional.of(new Revocation("Eve", HOSTILE, SINCE, 5_000)),
                Optional.empty(),
                3,
                2,
                1,
                Optional.empty()));
        all.add(plain("logs-0001", TerritoryType.MONITORED, TerritoryState.PENDING, ADA));
        for (int i = 0; i < 1_200; i++) {
            all.add(plain("read-" + String.format("%04d", i), TerritoryType.SHARED, TerritoryState.ACTIVE, BOB));
        }
        WaitingView waiting = new WaitingView(
                BOB, HOSTILE, TerritoryType.EXCLUSIVE, List.of("src/auth/"), SINCE, List.of("auth-0001"));
        return new TerritoriesView(all, List.of(waiting), 77, SINCE.plusSeconds(60));
    }

    static HttpServer.TerritoryContent content() {
        return new HttpServer.TerritoryContent(
                path -> path.value().startsWith("src/auth/") ? Set.of("auth-0001", "ended-0001") : Set.of(),
                TerritoryScene::explained,
                () -> new TerritoryResource.Revoked(List.of(record("c"), record("b"), record("a")), SINCE),
                () -> new TerritoryResource.InForce(
                        new Policy(
                                null,
                                7,
                                null,
                                null,
                                null,
                                List.of(new Policy.Area(
                                        HOSTILE, PathPatterns.of("db/**"), Set.of("sql", "ddl"), Set.of("technical")))),
                        SINCE),
                TerritoryScene::revoked);
    }

    private static TerritoryView plain(String id, TerritoryType type, TerritoryState state, String owner) {
        return new TerritoryView(
                id,
                "plain",
                type,
                state,
                owner,
                true,
                List.of("docs/"),
                List.of(),
                Optional.empty(),
                List.of(),
                SINCE,
                0,
                false,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                Optional.empty());
    }

    private static Explanation explained(RepoPath path, Optional<String> agent) {
        if (path.value().equals("away")) {
            throw new BumbaException(BumbaException.Code.UNAVAILABLE, "ZooKeeper did not answer");
        }
        Claim claim = new Claim("auth-0001", HOSTILE, "EXCLUSIVE", ADA, SINCE, "src/auth/**");
        boolean own = agent.equals(Optional.of(ADA));
        Explanation.Verdict verdict =
                new Explanation.Verdict(own, "because", own ? Optional.empty() : Optional.of(claim));
        return new Explanation(
                path,
                agent,
                List.of(new Explanation.TerritoryClaim(claim, "src/auth/**", TerritoryState.ACTIVE, own)),
                verdict,
                verdict,
                new LockEntry(path, List.of(), List.of(), List.of()));
    }

    private static RevocationRecord record(String id) {
        return new RevocationRecord(
                id, HOSTILE, ADA, TerritoryType.EXCLUSIVE, 150, "Eve", HOSTILE, SINCE, 5_000, "0123456789abcdef");
    }

    /** Answers by the id what the library would. */
    private static RevokeResult revoked(RevokeOrder order) {
        return switch (order.territory()) {
            case "now" -> new RevokeResult.Ended("now", order.by() + " " + order.reason());
            case "soon" -> new RevokeResult.Told("soon", ADA, order.grace().toMillis(), true);
            case "away" -> throw new BumbaException(BumbaException.Code.UNAVAILABLE, "ZooKeeper did not answer");
            case "bug" -> throw new IllegalStateException("secret inside");
            default -> new RevokeResult.NotFound(order.territory());
        };
    }
}
