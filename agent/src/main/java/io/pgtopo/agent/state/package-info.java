/** Stores the history on disk; only this package of the agent writes files. */
@NullMarked
package io.pgtopo.agent.state;

import org.jspecify.annotations.NullMarked;
