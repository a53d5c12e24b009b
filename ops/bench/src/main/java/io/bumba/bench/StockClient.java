package io.bumba.bench;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;

/** Stock Curator's {@link InterProcessMutex}, as its documentation says to use it. */
record StockClient(CuratorFramework curator) implements Client {
    static final String PARENT = "/stock";

    @Override
    public Locker locker(String file) {
        return new Mutex(new InterProcessMutex(curator, PARENT + "/" + file));
    }

    @Override
    public Locker contended(String file) {
        return locker(file);
    }

    @Override
    public void close() {
        curator.close();
    }

    private record Mutex(InterProcessMutex mutex) implements Locker {
        @Override
        public void lock() {
            Attempt.to("acquire a stock mutex", () -> {
                mutex.acquire();
                return mutex;
            });
        }

        @Override
        public void unlock() {
            Attempt.to("release a stock mutex", () -> {
                mutex.release();
                return mutex;
            });
        }
    }
}
