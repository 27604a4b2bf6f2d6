/** Drift and causes as English text: declared state, live state, evidence, consequences. Pure. */
@NullMarked
package io.pgtopo.agent.words;

import org.jspecify.annotations.NullMarked;
