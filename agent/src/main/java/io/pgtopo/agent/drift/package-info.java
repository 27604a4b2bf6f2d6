/** The kinds of drift, their severities and their facts, as data. Pure. */
@NullMarked
package io.pgtopo.agent.drift;

import org.jspecify.annotations.NullMarked;
