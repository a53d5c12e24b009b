package io.bumba.rulebreakers.zk;

public record Zk(String name) {}
