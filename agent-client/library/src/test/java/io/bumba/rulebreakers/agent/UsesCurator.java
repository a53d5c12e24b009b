package io.bumba.rulebreakers.agent;

import org.apache.curator.framework.CuratorFramework;

record UsesCurator(CuratorFramework forbidden) {}
