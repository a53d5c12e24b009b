package io.bumba.rulebreakers.lock;

public record Lock(String name) {}
