package io.bumba.rulebreakers.territory;

import io.bumba.rulebreakers.file.UsesZk;

record UsesFile(UsesZk forbidden) {}
