/**
 * Whether a failover or a switchover is safe now, and what the loss of a node costs: computed from
 * one moment, by evidence. What is not known is never safe.
 */
@NullMarked
package io.pgtopo.agent.failover;

import org.jspecify.annotations.NullMarked;
