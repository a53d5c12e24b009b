package io.bumba.zk;

import java.io.IOException;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.Testable;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a session for as long as the servers do. A disconnected Curator client declares its session expired after one
 * session timeout by its own wall clock, and after two it closes the handle; but without a quorum nothing expires, and
 * the locks are still ours when the servers come back. So its handle hears neither, and is handed out again while it is
 * alive. Thread-safe.
 */
final class Handles implements ZookeeperFactory {
    private @Nullable Handle current;
    private boolean letGo;

    @Override
    public synchronized ZooKeeper newZooKeeper(
            String connectString, int sessionTimeout, Watcher watcher, boolean canBeReadOnly) throws IOException {
        Handle alive = current;
        if (alive != null && alive.getState().isAlive()) {
            alive.register(watcher);
            if (alive.getState().isConnected()) {
                watcher.process(
                        new WatchedEvent(Watcher.Event.EventType.None, Watcher.Event.KeeperState.SyncConnected, null));
            }
            return alive;
        }
        Handle made = new Handle(connectString, sessionTimeout, watcher, canBeReadOnly);
        current = made;
        return made;
    }

    /** From now on closing closes. */
    synchronized void letGo() {
        letGo = true;
    }

    private synchronized boolean mayClose() {
        return letGo;
    }

    private final class Handle extends ZooKeeper {
        private Handle(String connectString, int sessionTimeout, Watcher watcher, boolean canBeReadOnly)
                throws IOException {
            super(connectString, sessionTimeout, watcher, canBeReadOnly);
        }

        @Override
        public synchronized void close() throws InterruptedException {
            if (mayClose()) {
                super.close();
            }
        }

        @Override
        public Testable getTestable() {
            Testable real = super.getTestable();
            return new Testable() {
                @Override
                public void injectSessionExpiration() {
                    // Only the servers know whether a session has expired.
                }

                @Override
                public void queueEvent(WatchedEvent event) {
                    real.queueEvent(event);
                }

                @Override
                public void closeSocket() throws IOException {
                    real.closeSocket();
                }
            };
        }
    }
}
