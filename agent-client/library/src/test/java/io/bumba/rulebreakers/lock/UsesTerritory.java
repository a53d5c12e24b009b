package io.bumba.rulebreakers.lock;

import io.bumba.rulebreakers.territory.Territory;

record UsesTerritory(Territory forbidden) {}
