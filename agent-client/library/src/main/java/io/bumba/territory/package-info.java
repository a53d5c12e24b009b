/**
 * Claims on sets of files. {@link io.bumba.territory.Territories} allocates for one agent, {@link
 * io.bumba.territory.TerritoryTable} shows everybody's; {@link io.bumba.territory.Ledger} is what locks ask. Every change
 * is one transaction over the ledger's version.
 */
@NullMarked
package io.bumba.territory;

import org.jspecify.annotations.NullMarked;
