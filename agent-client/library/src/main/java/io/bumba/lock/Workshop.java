package io.bumba.lock;

import io.bumba.event.Events;
import io.bumba.zk.Containers;
import io.bumba.zk.Layout;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.apache.curator.framework.CuratorFramework;

/**
 * What all locks of one connection share.
 *
 * @param client without a namespace
 * @param borders what the territories say to locks
 * @param clock runs time-outs; nothing on it blocks
 * @param callbacks runs what may lead into an application's code
 * @param nanos a monotonic clock
 * @param time for display
 * @param operationTimeout how long an operation waits for the servers
 */
public record Workshop(
        CuratorFramework client,
        Layout layout,
        Borders borders,
        Containers containers,
        Encounters encounters,
        ScheduledExecutorService clock,
        Executor callbacks,
        Events events,
        LongSupplier nanos,
        InstantSource time,
        Duration operationTimeout) {}
