/** Drift in English: what is declared, what is live, evidence, consequences. Pure. */
@NullMarked
package io.pgtopo.agent.words;

import org.jspecify.annotations.NullMarked;
