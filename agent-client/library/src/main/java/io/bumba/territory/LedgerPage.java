package io.bumba.territory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data of the ledger's znode: the last changes, oldest first.
 *
 * @param changes empty while there never was a territory
 */
record LedgerPage(@Nullable List<Change> changes) {
    /** How many changes are kept. */
    static final int KEPT = 64;

    static final LedgerPage EMPTY = new LedgerPage(List.of());

    /**
     * One territory that one transaction changed.
     *
     * @param version of the ledger from then on
     * @param territory its id
     * @param by a random name of the transaction, by which its writer knows it again
     */
    record Change(int version, String territory, String by) {}

    LedgerPage {
        changes = changes == null ? List.of() : List.copyOf(changes);
    }

    /** The page after a transaction. */
    LedgerPage with(int version, List<String> territories, String by) {
        List<Change> all = new ArrayList<>(all());
        territories.forEach(id -> all.add(new Change(version, id, by)));
        // Whole versions only: a reader that finds one on the page must find all of it.
        int from = Math.max(0, all.size() - KEPT);
        while (from > 0
                && from < all.size()
                && all.get(from).version() == all.get(from - 1).version()) {
            from++;
        }
        return new LedgerPage(all.subList(from, all.size()));
    }

    /** The territories changed since a version, or empty when the page does not reach back to it. */
    Optional<List<String>> since(int known, int now) {
        List<Change> all = all();
        boolean reaches = known == now || (!all.isEmpty() && all.get(0).version() - known <= 1);
        return reaches
                ? Optional.of(all.stream()
                        .filter(change -> change.version() - known > 0)
                        .map(Change::territory)
                        .distinct()
                        .toList())
                : Optional.empty();
    }

    boolean names(String by) {
        return all().stream().anyMatch(change -> change.by().equals(by));
    }

    List<Change> all() {
        return changes == null ? List.of() : changes;
    }
}
