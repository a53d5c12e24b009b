package io.bumba.rulebreakers.orchestrate;

import io.bumba.rulebreakers.Entry;

record UsesTheEntry(Entry forbidden) {}
