package io.bumba.territory;

import java.time.Instant;
import java.util.Objects;

/**
 * The JSON of {@code /revocations/{territory}@{act}}: an operator's word that a territory is to end, made by the transaction
 * that marked the territory with it.
 *
 * @param territory its id
 * @param title what its owner said that it was for
 * @param owner whose it was
 * @param patterns how many it covered
 * @param by who said so
 * @param reason why
 * @param at when, by the clock of the machine that did it, for display
 * @param graceMillis how long the owner had to finish
 * @param act drawn anew for every act
 */
public record RevocationRecord(
        String territory,
        String title,
        String owner,
        TerritoryType type,
        int patterns,
        String by,
        String reason,
        Instant at,
        long graceMillis,
        String act) {
    public RevocationRecord {
        Objects.requireNonNull(territory, "territory");
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(act, "act");
    }

    static RevocationRecord of(String territory, TerritoryRecord record, Revocation revocation, String act) {
        return new RevocationRecord(
                territory,
                record.title(),
                record.owner(),
                record.type(),
                record.patterns().size(),
                revocation.by(),
                revocation.reason(),
                revocation.at(),
                revocation.graceMillis(),
                act);
    }
}
