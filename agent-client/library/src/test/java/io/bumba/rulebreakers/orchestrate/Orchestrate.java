package io.bumba.rulebreakers.orchestrate;

import io.bumba.rulebreakers.territory.Territory;

public record Orchestrate(Territory allowed) {}
