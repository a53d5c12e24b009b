package io.bumba.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process that starts an {@link Echo}, tells its pid, and waits to be killed. */
final class EchoParent {
    private EchoParent() {}

    public static void main(String[] arguments) {
        Jvm child = Jvm.start(Echo.class, List.of(), Jvm.Options.defaults().withOutput(Path.of(arguments[0])));
        String ready = child.awaitLine("ready", Duration.ofSeconds(30));
        System.out.println("child " + child.pid() + " " + ready);
        int code = child.waitFor(Duration.ofMinutes(5));
        System.out.println(code);
    }
}
