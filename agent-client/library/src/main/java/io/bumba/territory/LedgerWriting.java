package io.bumba.territory;

import io.bumba.path.PathPattern;
import io.bumba.zk.Codec;
import io.bumba.zk.Layout;
import io.bumba.zk.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts edits into one transaction, and remembers of earlier tries what stands otherwise than the records say: somebody may
 * have deleted claims by hand, or made nodes below a territory. Used by one step at a time.
 */
final class LedgerWriting {
    /** What an operation of the transaction was for. */
    enum Purpose {
        LEDGER,
        TERRITORY,
        OWNER,
        CLAIMS,
        MORE
    }

    /** One operation. */
    record Part(Purpose purpose, Optional<Edit> edit) {}

    private final Layout layout;
    private final Set<String> ownersGone = new HashSet<>();
    private final Map<String, Set<String>> standing = new HashMap<>();
    private final List<Part> parts = new ArrayList<>();

    LedgerWriting(Layout layout) {
        this.layout = layout;
    }

    /** @param page the ledger's data from then on */
    void write(Transaction tx, LedgerPage page, int version, Step.Amend<?> amend) {
        parts.clear();
        tx.set(layout.territories(), Codec.encode(page), version);
        mark(tx, Purpose.LEDGER, null);
        for (Edit edit : amend.edits()) {
            if (edit instanceof Edit.Create create) {
                create(tx, create);
            } else if (edit instanceof Edit.Update update) {
                update(tx, update);
            } else if (edit instanceof Edit.Delete delete) {
                delete(tx, delete);
            }
        }
        amend.more().accept(tx);
        mark(tx, Purpose.MORE, null);
    }

    Part part(int index) {
        return parts.get(Math.min(index, parts.size() - 1));
    }

    /** The owner's node does not stand. */
    void ownerGone(String id) {
        ownersGone.add(id);
    }

    /** What stands below the territory, in whole paths, deepest first. */
    void stands(String id, List<String> nodes) {
        standing.put(id, new LinkedHashSet<>(nodes));
    }

    private void mark(Transaction tx, Purpose purpose, @org.jspecify.annotations.Nullable Edit edit) {
        while (parts.size() < tx.size()) {
            parts.add(new Part(purpose, Optional.ofNullable(edit)));
        }
    }

    private void create(Transaction tx, Edit.Create create) {
        String id = create.id();
        tx.persistent(layout.territory(id), Codec.encode(create.record()));
        mark(tx, Purpose.TERRITORY, create);
        tx.ephemeral(layout.owner(id, create.record().ownerNode()), new byte[0]);
        mark(tx, Purpose.OWNER, create);
        tx.persistent(layout.claims(id), new byte[0]);
        create.record().patterns().forEach(pattern -> tx.persistent(claim(id, pattern), new byte[0]));
        mark(tx, Purpose.CLAIMS, create);
    }

    private void update(Transaction tx, Edit.Update update) {
        String id = update.id();
        TerritoryRecord from = update.from().record();
        TerritoryRecord to = update.to();
        tx.set(layout.territory(id), Codec.encode(to), update.from().version());
        mark(tx, Purpose.TERRITORY, update);
        String node = layout.owner(id, from.ownerNode());
        boolean moves = !from.ownerNode().equals(to.ownerNode());
        switch (update.owner()) {
            case STANDS -> {
                if (moves) {
                    tx.delete(node);
                } else {
                    tx.exists(node);
                }
            }
            case ABSENT -> tx.absent(node);
            case EITHER -> {}
        }
        if (moves) {
            tx.ephemeral(layout.owner(id, to.ownerNode()), new byte[0]);
        }
        mark(tx, Purpose.OWNER, update);
        if (standing.containsKey(id)) {
            // Somebody has meddled with the claims, which are for people's eyes: leave them alone.
            return;
        }
        Set<String> old = claims(id, from);
        Set<String> now = claims(id, to);
        old.stream().filter(node1 -> !now.contains(node1)).forEach(tx::delete);
        now.stream().filter(node1 -> !old.contains(node1)).forEach(node1 -> tx.persistent(node1, new byte[0]));
        mark(tx, Purpose.CLAIMS, update);
    }

    private void delete(Transaction tx, Edit.Delete delete) {
        String id = delete.id();
        tx.check(layout.territory(id), delete.from().version());
        mark(tx, Purpose.TERRITORY, delete);
        String owner = layout.owner(id, delete.from().record().ownerNode());
        switch (delete.owner()) {
            case STANDS -> tx.delete(owner);
            case ABSENT -> tx.absent(owner);
            case EITHER -> {
                if (!ownersGone.contains(id)) {
                    tx.delete(owner);
                }
            }
        }
        mark(tx, Purpose.OWNER, delete);
        Set<String> below = standing.get(id);
        if (below == null) {
            claims(id, delete.from().record()).forEach(tx::delete);
            tx.delete(layout.claims(id));
        } else {
            below.stream().filter(node -> !node.equals(owner)).forEach(tx::delete);
        }
        tx.delete(layout.territory(id));
        mark(tx, Purpose.CLAIMS, delete);
    }

    private Set<String> claims(String id, TerritoryRecord record) {
        Set<String> nodes = new LinkedHashSet<>();
        record.patterns().forEach(pattern -> nodes.add(claim(id, pattern)));
        return nodes;
    }

    private String claim(String id, PathPattern pattern) {
        return layout.claim(id, pattern.value());
    }
}
