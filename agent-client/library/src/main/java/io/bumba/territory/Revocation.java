package io.bumba.territory;

import java.time.Instant;

/**
 * An operator's word that a territory is to end.
 *
 * @param by who says so
 * @param reason why
 * @param at when, by the operator's clock, for display
 * @param graceMillis how long the owner has to finish
 */
public record Revocation(String by, String reason, Instant at, long graceMillis) {}
