package io.bumba.rulebreakers.agent;

import com.codahale.metrics.MetricRegistry;

record UsesMetrics(MetricRegistry forbidden) {}
