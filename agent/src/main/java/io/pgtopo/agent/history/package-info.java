/** What the agent remembers from cycle to cycle, and over its own restart; pure. */
@NullMarked
package io.pgtopo.agent.history;

import org.jspecify.annotations.NullMarked;
