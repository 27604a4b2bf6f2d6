/**
 * What the open drifts mean under the policy: severity, cause, and one verdict per cluster. Pure.
 */
@NullMarked
package io.pgtopo.agent.judge;

import org.jspecify.annotations.NullMarked;
