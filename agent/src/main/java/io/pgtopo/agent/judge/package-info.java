/**
 * What the open drifts amount to under a policy: severity, cause, and one verdict for each cluster.
 * Pure.
 */
@NullMarked
package io.pgtopo.agent.judge;

import org.jspecify.annotations.NullMarked;
