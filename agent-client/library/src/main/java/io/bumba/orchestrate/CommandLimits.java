package io.bumba.orchestrate;

import java.time.Duration;

/**
 * The limits of a {@link CommandRunner}.
 *
 * @param maxCommands how many commands run at once, 1 to {@link #MAX_COMMANDS}
 * @param patience how long a further one waits for a place before it is refused by the limit's name
 * @param grace what a program has, after it was told to end, before it is killed
 */
public record CommandLimits(int maxCommands, Duration patience, Duration grace) {
    public static final int MAX_COMMANDS = 1_000;
    public static final Duration MAX_PATIENCE = Duration.ofDays(1);
    public static final Duration MAX_GRACE = Duration.ofMinutes(5);

    /** 8 at once, a minute, 5 s. */
    public static final CommandLimits DEFAULT = new CommandLimits(8, Duration.ofMinutes(1), Duration.ofSeconds(5));

    public CommandLimits {
        if (maxCommands < 1 || maxCommands > MAX_COMMANDS) {
            throw new IllegalArgumentException(
                    "maxCommands " + maxCommands + " is not in 1.." + MAX_COMMANDS + " (MAX_COMMANDS)");
        }
        bounds("patience", patience, MAX_PATIENCE, "MAX_PATIENCE");
        bounds("grace", grace, MAX_GRACE, "MAX_GRACE");
    }

    public CommandLimits atMost(int newMaxCommands) {
        return new CommandLimits(newMaxCommands, patience, grace);
    }

    public CommandLimits waiting(Duration newPatience) {
        return new CommandLimits(maxCommands, newPatience, grace);
    }

    public CommandLimits withGrace(Duration newGrace) {
        return new CommandLimits(maxCommands, patience, newGrace);
    }

    private static void bounds(String name, Duration value, Duration most, String limit) {
        if (value.isNegative() || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name + " " + value + " is not between 0 and " + most + " (" + limit + ")");
        }
    }
}
