package io.bumba.territory;

import io.bumba.lock.Workshop;

/** What all territories of one connection share. */
public record Ground(Workshop shop, Ledger ledger) {}
