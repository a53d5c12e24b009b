/**
 * The only package that speaks to ZooKeeper (the lock recipe aside): {@link io.bumba.zk.Layout where things are},
 * {@link io.bumba.zk.Session one captured session}, {@link io.bumba.zk.Transaction deciding transactions} and
 * {@link io.bumba.zk.Codec versioned JSON}.
 */
@NullMarked
package io.bumba.zk;

import org.jspecify.annotations.NullMarked;
