package io.bumba.zk;

import java.util.Optional;

/** What bytes of a znode turned out to be. A record of a later version is an outcome, not a crash. */
public sealed interface Decoded<T> {
    default Optional<T> value() {
        return Optional.empty();
    }

    /** A record that this version reads. */
    record Known<T>(T record) implements Decoded<T> {
        @Override
        public Optional<T> value() {
            return Optional.of(record);
        }
    }

    /** Written by another version of this software. */
    record OtherVersion<T>(long version) implements Decoded<T> {}

    /** No record of ours. */
    record Malformed<T>(String why) implements Decoded<T> {}
}
