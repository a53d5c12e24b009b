package io.bumba.rulebreakers.zk;

import io.bumba.rulebreakers.Entry;

record UsesTheEntry(Entry forbidden) {}
