package io.bumba.rulebreakers.event;

import io.bumba.rulebreakers.agent.Agent;

record UsesAgent(Agent forbidden) {}
