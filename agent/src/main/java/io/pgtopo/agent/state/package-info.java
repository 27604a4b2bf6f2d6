/** The agent's memory on disk: the only place of the agent that writes files. */
@NullMarked
package io.pgtopo.agent.state;

import org.jspecify.annotations.NullMarked;
