/**
 * Who an agent is and whether it lives: {@link io.bumba.agent.Agent} is the living one,
 * {@link io.bumba.agent.AgentRecord} what everybody can read of it, {@link io.bumba.agent.Agents} the query.
 */
@NullMarked
package io.bumba.agent;

import org.jspecify.annotations.NullMarked;
