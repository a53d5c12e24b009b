package io.bumba.rulebreakers.agent;

import io.bumba.rulebreakers.lock.Lock;

record UsesLock(Lock forbidden) {}
