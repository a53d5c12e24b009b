package io.bumba.rulebreakers.territory;

import io.bumba.rulebreakers.lock.Lock;

public record Territory(Lock allowed) {}
