/** Lock services that ours is measured beside: {@link io.bumba.bench.peers.KnownPeers} lists them. */
@NullMarked
package io.bumba.bench.peers;

import org.jspecify.annotations.NullMarked;
