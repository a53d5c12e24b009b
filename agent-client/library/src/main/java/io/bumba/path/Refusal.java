package io.bumba.path;

/** What is wrong with one pattern, said in one way: the text, the rule, the next step. */
record Refusal(String text) {
    IllegalArgumentException because(String rule, String nextStep) {
        return new IllegalArgumentException("pattern '" + Printable.of(text) + "' " + rule + "; " + nextStep);
    }

    /** @param name the constant that holds the limit */
    IllegalArgumentException limit(String what, long is, String name, int limit, String nextStep) {
        return because("has %,d %s, the limit %s is %,d".formatted(is, what, name, limit), nextStep);
    }
}
