package io.bumba.testkit;

import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/** First in every {@link Jvm}: sees to it that it does not outlive the test, then runs the main class that is wanted. */
final class JvmMain {
    private static final int PARENT_GONE = 86;

    private JvmMain() {}

    public static void main(String[] arguments) throws Throwable {
        ProcessHandle.of(Long.parseLong(arguments[0]))
                .ifPresentOrElse(JvmMain::endWith, () -> Runtime.getRuntime().halt(PARENT_GONE));
        Class<?> main = Class.forName(arguments[1]);
        java.lang.reflect.Method method = main.getDeclaredMethod("main", String[].class);
        method.setAccessible(true);
        try {
            method.invoke(null, (Object) Arrays.copyOfRange(arguments, 2, arguments.length));
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static void endWith(ProcessHandle parent) {
        var ignored = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(PARENT_GONE));
    }
}
