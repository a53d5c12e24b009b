package io.bumba.territory;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bumba.lock.LocalArea;
import io.bumba.zk.Codec;
import io.bumba.zk.Node;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A territory for displays.
 *
 * @param patterns what it covers
 * @param pending what it is about to cover besides, or what is about to change hands
 * @param ownerLives whether the owner's session stands
 * @param orphanGraceMillis how long it is kept when that has ended
 * @param locks how many files inside are held now
 * @param waiters how many requests wait for files inside
 * @param contested how many requests for territories wait for it
 * @param localCounts what is granted from memory, as its owner wrote it last; empty without local grants
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record TerritoryView(
        String id,
        String title,
        TerritoryType type,
        TerritoryState state,
        String owner,
        boolean ownerLives,
        List<String> patterns,
        List<String> pending,
        Optional<String> parent,
        List<String> admitted,
        Instant since,
        long orphanGraceMillis,
        boolean local,
        Optional<Revocation> revocation,
        Optional<String> offer,
        int locks,
        int waiters,
        int contested,
        Optional<LocalArea.Counts> localCounts) {
    static TerritoryView of(Territory territory, Optional<Node> owner, int locks, int waiters, int contested) {
        TerritoryRecord record = territory.record();
        return new TerritoryView(
                territory.id(),
                record.title(),
                record.type(),
                record.state(),
                record.owner(),
                owner.isPresent(),
                texts(record.patterns().patterns()),
                record.pending()
                        .map(pending -> texts(pending.area().patterns()))
                        .orElse(List.of()),
                record.parent(),
                record.admitted(),
                record.since(),
                record.orphanGraceMillis(),
                record.local(),
                record.revocation(),
                record.offer(),
                locks,
                waiters,
                contested,
                owner.filter(node -> record.local() && node.data().length > 0)
                        .flatMap(node -> Codec.decode(node.data(), LocalArea.Counts.class)
                                .value()));
    }

    private static List<String> texts(List<io.bumba.path.PathPattern> patterns) {
        return patterns.stream().map(io.bumba.path.PathPattern::value).toList();
    }
}
