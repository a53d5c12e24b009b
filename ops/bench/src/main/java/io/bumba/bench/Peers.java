package io.bumba.bench;

import java.util.List;

/** The peers that this build can measure; a service, for they are in a module of their own. */
public interface Peers {
    List<Peer> all();
}
