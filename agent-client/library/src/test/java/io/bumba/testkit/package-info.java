/**
 * Tools for tests against real servers, real processes and real network faults; no mocks.
 *
 * <p>{@link io.bumba.testkit.ZkServer} is a ZooKeeper server in this JVM, {@link io.bumba.testkit.ZkProcess} one in its
 * own, {@link io.bumba.testkit.ZkEnsemble} three of these; {@link io.bumba.testkit.TcpProxy} stands between a client and
 * a server and loses what it is told to lose; {@link io.bumba.testkit.Jvm} runs an agent that can be killed or paused;
 * {@link io.bumba.testkit.Sessions} ends sessions; {@link io.bumba.testkit.LockChecker} judges a
 * {@link io.bumba.testkit.LockHistory}; {@link io.bumba.testkit.Watches} and {@link io.bumba.testkit.ZkTree} show what
 * was left over. Every wait has a deadline and says what it waited for.
 */
@NullMarked
package io.bumba.testkit;

import org.jspecify.annotations.NullMarked;
