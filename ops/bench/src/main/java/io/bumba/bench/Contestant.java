package io.bumba.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * One of those that are measured in turn: an operation for each client.
 *
 * @param name as in the table
 * @param operations one for each client, run by one thread each
 */
record Contestant(String name, List<Runnable> operations) {
    Contestant {
        operations = List.copyOf(operations);
    }

    static Contestant of(String name, int clients, IntFunction<Runnable> operation) {
        List<Runnable> all = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            all.add(operation.apply(i));
        }
        return new Contestant(name, all);
    }

    int clients() {
        return operations.size();
    }
}
