package io.bumba.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A process to try {@link Jvm} on: repeats its arguments, then each line it is sent. */
final class Echo {
    private Echo() {}

    public static void main(String[] arguments) throws IOException {
        List.of(arguments).forEach(System.out::println);
        System.err.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("end")) {
                System.exit(7);
            }
            System.out.println("echo " + line);
        }
    }
}
