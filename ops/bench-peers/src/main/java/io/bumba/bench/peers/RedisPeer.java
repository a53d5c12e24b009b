package io.bumba.bench.peers;

import io.bumba.bench.Client;
import io.bumba.bench.Locker;
import io.bumba.bench.Peer;
import io.bumba.bench.Program;
import io.bumba.testkit.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.redisson.Redisson;
import org.redisson.api.RFencedLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * Redisson's lock with fencing tokens, on one Redis server.
 *
 * @param name as in the table
 * @param options of the server
 */
record RedisPeer(String name, List<String> options) implements Peer {
    @Override
    public String program() {
        return "redis-server";
    }

    @Override
    public String debianPackage() {
        return "redis-server";
    }

    @Override
    public Peer.Server start(Path directory) {
        int port = Ports.free();
        List<String> command = new ArrayList<>(List.of(
                program(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toAbsolutePath().toString()));
        command.addAll(options);
        return new Server(port, Program.start(directory, port, command));
    }

    private record Server(int port, Program program) implements Peer.Server {
        @Override
        public Client connect() {
            Config config = new Config().setThreads(2).setNettyThreads(2);
            config.useSingleServer()
                    .setAddress("redis://127.0.0.1:" + port)
                    .setConnectionPoolSize(2)
                    .setConnectionMinimumIdleSize(1);
            return new Session(Redisson.create(config));
        }

        @Override
        public void close() {
            program.close();
        }
    }

    private record Session(RedissonClient redisson) implements Client {
        @Override
        public Locker locker(String file) {
            return new Lock(redisson.getFencedLock(file));
        }

        @Override
        public Locker contended(String file) {
            return locker(file);
        }

        @Override
        public void close() {
            redisson.shutdown();
        }
    }

    private record Lock(RFencedLock fenced) implements Locker {
        @Override
        public void lock() {
            fenced.lock();
        }

        @Override
        public void unlock() {
            fenced.unlock();
        }
    }
}
