/**
 * The benchmark: {@link io.bumba.bench.LocksCommand} measures whole locks on real servers,
 * {@link io.bumba.bench.PureCommand} the pure parts by JMH. Every result is a ratio of two things measured in turn in one
 * run.
 */
@NullMarked
package io.bumba.bench;

import org.jspecify.annotations.NullMarked;
