package io.bumba.rulebreakers.agent;

import org.apache.zookeeper.ZooKeeper;

record UsesZooKeeper(ZooKeeper forbidden) {}
