package io.bumba.cli;

import io.bumba.Bumba;
import io.bumba.event.Event;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Why the territories of a connection's one agent ended: known before whoever has one is told of it. Thread-safe. */
final class Endings {
    private static final int MAX_WHY = 700;

    private final Map<String, String> whys = new ConcurrentHashMap<>();

    /** Listens for as long as the connection lives. */
    static Endings of(Bumba bumba) {
        Endings endings = new Endings();
        AutoCloseable unused = bumba.events().listen(endings::heard);
        return endings;
    }

    /** Such as {@code (it was taken over)} with a space before it, or empty when it is not known; told once. */
    String take(String territory) {
        String why = Objects.requireNonNullElse(whys.remove(territory), "");
        return why.isEmpty() ? "" : " (" + why + ")";
    }

    void heard(Event event) {
        if (event instanceof Event.TerritoryEnded ended) {
            whys.put(ended.territory(), Text.shortened(ended.why(), MAX_WHY));
        }
    }
}
