package io.bumba.territory;

import java.util.Optional;

/** What one transaction of the ledger does to one territory. */
sealed interface Edit {
    String id();

    /** What is known of the owner's znode when the transaction happens. */
    enum Owner {
        /** The owner does it itself: nothing happens when its node is gone. */
        STANDS,
        /** Nothing happens while its node stands. */
        ABSENT,
        /** Whether or not it stands. */
        EITHER
    }

    /** A new territory, with the owner's ephemeral. */
    record Create(String id, TerritoryRecord record) implements Edit {}

    /**
     * Other data. When it names another node of the owner's, the old one goes and the new one comes.
     *
     * @param owner of the old node
     */
    record Update(Territory from, TerritoryRecord to, Owner owner) implements Edit {
        @Override
        public String id() {
            return from.id();
        }
    }

    /** The end of a territory. */
    record Delete(Territory from, Owner owner) implements Edit {
        @Override
        public String id() {
            return from.id();
        }
    }

    /** The territory after the transaction. */
    default Optional<TerritoryRecord> after() {
        if (this instanceof Create create) {
            return Optional.of(create.record());
        }
        return this instanceof Update update ? Optional.of(update.to()) : Optional.empty();
    }
}
