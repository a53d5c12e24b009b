package io.bumba.bench.peers;

import com.google.protobuf.ByteString;
import io.bumba.bench.Attempt;
import io.bumba.bench.Client;
import io.bumba.bench.Locker;
import io.bumba.bench.Peer;
import io.bumba.bench.Program;
import io.bumba.testkit.Ports;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** etcd's own lock service, through jetcd. Its writes are synced to disk. */
record EtcdPeer() implements Peer {
    private static final long LEASE_SECONDS = 60;

    @Override
    public String name() {
        return "etcd lock";
    }

    @Override
    public String program() {
        return "etcd";
    }

    @Override
    public String debianPackage() {
        return "etcd-server";
    }

    @Override
    public Peer.Server start(Path directory) {
        int port = Ports.free();
        String clients = "http://127.0.0.1:" + port;
        String members = "http://127.0.0.1:" + Ports.free();
        return new Server(
                clients,
                Program.start(
                        directory,
                        port,
                        List.of(
                                program(),
                                "--name=bench",
                                "--data-dir=" + directory.resolve("data").toAbsolutePath(),
                                "--listen-client-urls=" + clients,
                                "--advertise-client-urls=" + clients,
                                "--listen-peer-urls=" + members,
                                "--initial-advertise-peer-urls=" + members,
                                "--initial-cluster=bench=" + members)));
    }

    private record Server(String endpoint, Program program) implements Peer.Server {
        @Override
        public Client connect() {
            io.etcd.jetcd.Client etcd =
                    io.etcd.jetcd.Client.builder().endpoints(endpoint).build();
            long lease = Attempt.to(
                    "get a lease",
                    () -> etcd.getLeaseClient().grant(LEASE_SECONDS).get().getID());
            return new Session(etcd, lease, etcd.getLeaseClient().keepAlive(lease, new Quiet()));
        }

        @Override
        public void close() {
            program.close();
        }
    }

    private record Session(io.etcd.jetcd.Client etcd, long lease, AutoCloseable keeper) implements Client {
        @Override
        public Locker locker(String file) {
            return new Lock(etcd.getLockClient(), lease, ByteSequence.from(file, StandardCharsets.UTF_8));
        }

        @Override
        public Locker contended(String file) {
            return locker(file);
        }

        @Override
        public void close() {
            Attempt.to("end a lease", () -> {
                keeper.close();
                return keeper;
            });
            etcd.close();
        }
    }

    private static final class Lock implements Locker {
        private final io.etcd.jetcd.Lock locks;
        private final long lease;
        private final ByteSequence name;
        private ByteSequence key = ByteSequence.from(ByteString.EMPTY);

        Lock(io.etcd.jetcd.Lock locks, long lease, ByteSequence name) {
            this.locks = locks;
            this.lease = lease;
            this.name = name;
        }

        @Override
        public void lock() {
            key = Attempt.to("lock in etcd", () -> locks.lock(name, lease).get().getKey());
        }

        @Override
        public void unlock() {
            Attempt.to("unlock in etcd", () -> locks.unlock(key).get());
        }
    }

    /** A lease that is lost shows in the next lock. */
    private static final class Quiet implements StreamObserver<LeaseKeepAliveResponse> {
        @Override
        public void onNext(LeaseKeepAliveResponse response) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
