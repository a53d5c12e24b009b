package io.bumba.territory;

/**
 * Decides over one version of all territories. Called again when that version was no longer the last, or when the outcome
 * of its transaction cannot be learnt: it must then see what it has already done. Called under the ledger's lock: quick,
 * and without effects.
 */
interface Decision<R> {
    Step<R> decide(Atlas atlas, int version);
}
