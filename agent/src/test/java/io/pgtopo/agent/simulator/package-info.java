/** True topologies made from seeds, what servers would say of them, and what pgtopo makes of it. */
@NullMarked
package io.pgtopo.agent.simulator;

import org.jspecify.annotations.NullMarked;
