/** What the agent remembers from cycle to cycle and over a restart. Pure. */
@NullMarked
package io.pgtopo.agent.history;

import org.jspecify.annotations.NullMarked;
