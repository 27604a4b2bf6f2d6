/** A drift over time: pending, firing, resolved, flapping. A pure fold over cycles. */
@NullMarked
package io.pgtopo.agent.track;

import org.jspecify.annotations.NullMarked;
