/** Random incidents on real servers, what is true of them meanwhile, and what the agent says. */
@NullMarked
package io.pgtopo.agent.campaign;

import org.jspecify.annotations.NullMarked;
