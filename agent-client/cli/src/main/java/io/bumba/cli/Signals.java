package io.bumba.cli;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The signals that ask a process to end. A signal that was ignored when this process began stays ignored. */
enum Signals {
    HUP(1),
    INT(2),
    TERM(15);

    private final int number;

    Signals(int number) {
        this.number = number;
    }

    /** What a shell reports of a process that this signal ended. */
    int exitCode() {
        return 128 + number;
    }

    /** What to do when a signal comes; called on a thread of the JVM's. */
    interface Handler {
        void received(Signals signal);
    }

    /**
     * Hands these signals to the handler, instead of letting them end the JVM.
     *
     * <p>{@code sun.misc.Signal} is the only way, of a module that is there to stay, and no compiler option lets it pass
     * as free of warnings; so it is named by reflection.
     */
    static void handle(Handler handler) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            for (Signals signal : values()) {
                Object receiver = Proxy.newProxyInstance(
                        Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, args) -> {
                            if (method.getName().equals("handle")) {
                                handler.received(signal);
                            }
                            return null;
                        });
                signalType
                        .getMethod("handle", signalType, handlerType)
                        .invoke(null, signalType.getConstructor(String.class).newInstance(signal.name()), receiver);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java cannot hear signals; use a JDK 17 or newer of OpenJDK", e);
        }
    }

    /** Sends it; false when the process is gone or not ours. */
    boolean send(long pid) {
        try {
            return new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Whether a signal from the keyboard reaches this process and its children alike, because they are the foreground of a
     * terminal. Then nothing must be passed on: a second Ctrl-C means something else to many programs.
     */
    static boolean keyboardReachesChildren() {
        try {
            return isForeground(Files.readString(Path.of("/proc/self/stat")));
        } catch (IOException e) {
            return false;
        }
    }

    /** The same, of the text of {@code /proc/PID/stat}: the name in brackets may contain anything. */
    static boolean isForeground(String stat) {
        List<String> fields =
                List.of(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" "));
        String group = fields.get(2);
        String terminal = fields.get(4);
        String terminalForeground = fields.get(5);
        return !terminal.equals("0") && group.equals(terminalForeground);
    }
}
