package io.bumba.rulebreakers.agent;

final class Prints {
    void print() {
        System.out.println("forbidden");
    }
}
