package io.bumba.rulebreakers;

import io.bumba.rulebreakers.orchestrate.Orchestrate;

record UsesOrchestrate(Orchestrate forbidden) {}
