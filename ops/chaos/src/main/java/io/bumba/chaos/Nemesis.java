package io.bumba.chaos;

import io.bumba.testkit.Sessions;
import io.bumba.testkit.ZkEnsemble;
import io.bumba.testkit.ZkProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Carries out a schedule, each lane on a thread of its own, and takes every strike back. A strike that meets nothing, such
 * as a break of a lock that nobody holds, is not counted.
 */
final class Nemesis {
    private static final Duration END = Duration.ofSeconds(90);

    private final Schedule schedule;
    private final ZkEnsemble ensemble;
    private final Fleet fleet;
    private final Operator operator;
    private final int files;
    private final Consumer<String> log;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> lanes = new ArrayList<>();
    private final List<RuntimeException> failures = new ArrayList<>();
    private final Map<Kind, Integer> struck = new EnumMap<>(Kind.class);
    private final long began = System.nanoTime();

    Nemesis(Schedule schedule, ZkEnsemble ensemble, Fleet fleet, Operator operator, int files, Consumer<String> log) {
        this.schedule = schedule;
        this.ensemble = ensemble;
        this.fleet = fleet;
        this.operator = operator;
        this.files = files;
        this.log = log;
    }

    void start() {
        for (Kind.Lane lane : Kind.Lane.values()) {
            Thread thread = new Thread(() -> run(schedule.of(lane)), "nemesis of " + lane);
            thread.setDaemon(true);
            lanes.add(thread);
            thread.start();
        }
    }

    /** Returns when all strikes are taken back. */
    void stop() {
        stopping.countDown();
        for (Thread lane : lanes) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(lane, END.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while healing", e);
            }
            if (lane.isAlive()) {
                throw new IllegalStateException(lane.getName() + " does not end");
            }
        }
        synchronized (failures) {
            if (!failures.isEmpty()) {
                throw new IllegalStateException("the nemesis itself failed", failures.get(0));
            }
        }
    }

    /** What took effect, and how often. */
    Map<Kind, Integer> struck() {
        synchronized (struck) {
            return Map.copyOf(struck);
        }
    }

    private void run(List<Strike> strikes) {
        try {
            for (Strike strike : strikes) {
                if (stopsWithin(strike.at().minusNanos(System.nanoTime() - began))) {
                    return;
                }
                log.accept(strike.toString());
                if (carryOut(strike)) {
                    synchronized (struck) {
                        struck.merge(strike.kind(), 1, Integer::sum);
                    }
                }
            }
        } catch (RuntimeException e) {
            synchronized (failures) {
                failures.add(e);
            }
        }
    }

    private boolean stopsWithin(Duration time) {
        try {
            return stopping.await(Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Strikes, and takes it back when its time has passed or the campaign ends; whether it met anything. */
    private boolean carryOut(Strike strike) {
        switch (strike.kind().lane()) {
            case SERVERS -> strikeServers(strike);
            case LINKS -> {
                Links links = fleet.links(strike.target());
                links.begin(strike);
                try {
                    boolean ignored = stopsWithin(strike.lasts());
                } finally {
                    if (!strike.lasts().isZero()) {
                        links.heal();
                    }
                }
            }
            case WORKERS -> {
                return fleet.hasMortals() && strikeWorker(strike);
            }
            case OPERATOR -> {
                return operator.breakLock(strike.target() % files, files);
            }
        }
        return true;
    }

    private void strikeServers(Strike strike) {
        List<ZkProcess> members = ensemble.members();
        ZkProcess target = members.get(strike.target() % members.size());
        switch (strike.kind()) {
            case SERVER_KILL -> down(strike, List.of(target));
            case LEADER_KILL -> down(strike, List.of(ensemble.leader()));
            case OUTAGE ->
                down(strike, members.stream().filter(each -> each != target).toList());
            case SERVER_PAUSE -> {
                target.pause();
                try {
                    boolean ignored = stopsWithin(strike.lasts());
                } finally {
                    target.resume();
                }
            }
            default -> throw new IllegalArgumentException(strike + " is none of a server");
        }
        ensemble.awaitServing(members.size());
    }

    private void down(Strike strike, List<ZkProcess> targets) {
        targets.forEach(ZkProcess::kill);
        try {
            boolean ignored = stopsWithin(strike.lasts());
        } finally {
            targets.forEach(ZkProcess::restartOnly);
        }
    }

    private boolean strikeWorker(Strike strike) {
        int target = strike.target();
        switch (strike.kind()) {
            case WORKER_KILL -> {
                fleet.kill(target);
                boolean ignored = stopsWithin(strike.lasts());
                fleet.replace(target);
            }
            case WORKER_PAUSE, WORKER_SLEEP -> {
                long before = System.nanoTime();
                fleet.pause(target);
                try {
                    boolean ignored = stopsWithin(strike.lasts());
                } finally {
                    fleet.resume(target, Duration.ofNanos(System.nanoTime() - before));
                }
            }
            case SESSION_EXPIRY -> {
                OptionalLong session = fleet.session(target);
                if (session.isEmpty()) {
                    return false;
                }
                try {
                    Sessions.expire(ensemble.connectString(), session.getAsLong());
                } catch (IllegalStateException noQuorumNow) {
                    return false;
                }
            }
            default -> throw new IllegalArgumentException(strike + " is none of a worker");
        }
        return true;
    }
}
