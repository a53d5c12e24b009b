package io.bumba.rulebreakers.agent;

public record Agent(String name) {}
