package io.bumba.bench.peers;

import io.bumba.bench.Peer;
import io.bumba.bench.Peers;
import java.util.List;

/** etcd, and Redis with and without a promise that what it acknowledged survives a power cut. */
public final class KnownPeers implements Peers {
    @Override
    public List<Peer> all() {
        return List.of(
                new EtcdPeer(),
                new RedisPeer("Redis, fsync always", List.of("--appendonly", "yes", "--appendfsync", "always")),
                new RedisPeer("Redis, default", List.of()));
    }
}
