package io.bumba.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The data of a territory's znode, read anew here.
 *
 * @param established whether it gives rights
 * @param active whether it has an owner besides
 * @param patterns what is claimed
 * @param taken what is claimed, and what is being added to it
 */
record Claimed(
        String title,
        String type,
        boolean established,
        boolean active,
        String owner,
        String ownerNode,
        List<String> patterns,
        List<String> taken,
        Set<String> admitted) {
    Claimed {
        patterns = List.copyOf(patterns);
        taken = List.copyOf(taken);
        admitted = Set.copyOf(admitted);
    }

    static Claimed of(JsonNode json) {
        String state = json.path("state").asText();
        List<String> patterns = texts(json.path("patterns"));
        List<String> taken = new ArrayList<>(patterns);
        taken.addAll(texts(json.path("pending").path("area")));
        return new Claimed(
                json.path("title").asText(),
                json.path("type").asText(),
                !state.equals("PENDING"),
                state.equals("ACTIVE"),
                json.path("owner").asText(),
                json.path("ownerNode").asText(),
                patterns,
                taken,
                new HashSet<>(texts(json.path("admitted"))));
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** Whether territories of both types keep each other out. */
    static boolean exclude(String one, String other) {
        return one.equals("EXCLUSIVE") || other.equals("EXCLUSIVE");
    }

    /** Whether it keeps this one out of the line of a file inside. */
    boolean keepsOut(Occupied who) {
        return switch (type) {
            case "EXCLUSIVE" -> !who.agent().equals(owner) && !admitted.contains(who.agent());
            case "SHARED" -> who.exclusive();
            default -> false;
        };
    }
}
