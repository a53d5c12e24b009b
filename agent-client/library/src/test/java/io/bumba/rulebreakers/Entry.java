package io.bumba.rulebreakers;

import org.apache.curator.RetryPolicy;

public record Entry(RetryPolicy policy) {}
