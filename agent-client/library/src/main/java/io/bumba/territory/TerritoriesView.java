package io.bumba.territory;

import java.time.Instant;
import java.util.List;

/**
 * All territories at one moment, for displays.
 *
 * @param territories by id
 * @param waiting in order of arrival
 * @param ledgerVersion of the ledger that they were read from
 * @param readAt this machine's clock when the reading began
 */
public record TerritoriesView(
        List<TerritoryView> territories, List<WaitingView> waiting, int ledgerVersion, Instant readAt) {}
