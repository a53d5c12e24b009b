package io.bumba.rulebreakers.lock;

import org.apache.curator.framework.recipes.leader.LeaderLatch;

record UsesLatch(LeaderLatch forbidden) {}
