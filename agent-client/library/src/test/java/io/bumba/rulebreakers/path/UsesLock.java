package io.bumba.rulebreakers.path;

import io.bumba.rulebreakers.lock.Lock;

record UsesLock(Lock forbidden) {}
