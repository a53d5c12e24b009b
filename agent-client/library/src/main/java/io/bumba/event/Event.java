package io.bumba.event;

import java.time.Instant;

/** Something that happened (P16). */
public sealed interface Event {
    Instant time();

    record Stub(Instant time) implements Event {}
}
