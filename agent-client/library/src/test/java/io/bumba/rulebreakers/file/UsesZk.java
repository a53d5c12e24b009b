package io.bumba.rulebreakers.file;

import io.bumba.rulebreakers.zk.Zk;

public record UsesZk(Zk forbidden) {}
