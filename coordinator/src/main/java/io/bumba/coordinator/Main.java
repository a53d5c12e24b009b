package io.bumba.coordinator;

/** The {@code bumba} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(args.length);
    }
}
