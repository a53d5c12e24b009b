package io.bumba.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Things by the characters with which a segment of theirs begins; when there are none it takes no space. Not thread-safe. */
final class Beginnings<X> {
    private NavigableMap<String, List<X>> things = Collections.emptyNavigableMap();

    void add(String beginning, X thing) {
        if (things.isEmpty()) {
            things = new TreeMap<>();
        }
        things.computeIfAbsent(beginning, b -> new ArrayList<>(1)).add(thing);
    }

    /** Removes one that is equal, if it is here. */
    void remove(String beginning, X thing) {
        things.computeIfPresent(beginning, (b, list) -> {
            list.remove(thing);
            return list.isEmpty() ? null : list;
        });
    }

    boolean isEmpty() {
        return things.isEmpty();
    }

    void each(Consumer<X> consumer) {
        things.values().forEach(list -> list.forEach(consumer));
    }

    /** Those with whose beginning this text begins. */
    void eachOf(String text, Consumer<X> consumer) {
        if (things.size() <= text.length()) {
            things.forEach((beginning, list) -> {
                if (text.startsWith(beginning)) {
                    list.forEach(consumer);
                }
            });
            return;
        }
        for (int i = 0; i <= text.length(); i++) {
            things.getOrDefault(text.substring(0, i), List.of()).forEach(consumer);
        }
    }

    /** Those that may have a text in common with what begins so. */
    void eachAround(String beginning, Consumer<X> consumer) {
        for (int i = 0; i < beginning.length() && !things.isEmpty(); i++) {
            things.getOrDefault(beginning.substring(0, i), List.of()).forEach(consumer);
        }
        for (var known : things.tailMap(beginning, true).entrySet()) {
            if (!known.getKey().startsWith(beginning)) {
                break;
            }
            known.getValue().forEach(consumer);
        }
    }
}
