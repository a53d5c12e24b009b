/**
 * File locks. {@link io.bumba.lock.FileLocks} acquires for one agent, {@link io.bumba.lock.LockResult} is the answer,
 * {@link io.bumba.lock.LockGrant} what is held, {@link io.bumba.lock.LockTable} the picture of everybody's.
 */
@NullMarked
package io.bumba.lock;

import org.jspecify.annotations.NullMarked;
