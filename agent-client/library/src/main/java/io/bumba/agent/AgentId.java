package io.bumba.agent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.bumba.path.Printable;
import java.util.regex.Pattern;

/**
 * {@code {Type}-{Name}-{epochMillis}-{8 hex}}, unique in the cluster: the znode's creation proves it.
 *
 * @param value the whole id
 */
public record AgentId(@JsonValue String value) implements Comparable<AgentId> {
    private static final Pattern SHAPE =
            Pattern.compile("[A-Za-z0-9_.]{1,64}-[A-Za-z0-9_.]{1,64}-[0-9]{1,19}-[0-9a-f]{8}");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public AgentId {
        if (value.length() > 160 || !SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "agent id '" + Printable.of(value) + "' has not the form Type-Name-epochMillis-8hex");
        }
    }

    @Override
    public int compareTo(AgentId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
