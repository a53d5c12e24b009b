/**
 * A random workload on real locks, with real processes and real faults, judged by what was recorded.
 *
 * <p>{@link io.bumba.chaos.Campaign} is one run: {@link io.bumba.chaos.Fleet} are its processes, {@link
 * io.bumba.chaos.Nemesis} strikes them by a {@link io.bumba.chaos.Schedule}. Afterwards the clients' own histories and
 * the servers' transaction logs ({@link io.bumba.chaos.TransactionLogs}) are judged. {@link io.bumba.chaos.Mutant}s are
 * the negative controls: a judge that cannot convict proves nothing.
 */
@NullMarked
package io.bumba.chaos;

import org.jspecify.annotations.NullMarked;
