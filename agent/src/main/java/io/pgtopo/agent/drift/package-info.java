/** How what is there differs from what is declared, and since when. Pure. */
@NullMarked
package io.pgtopo.agent.drift;

import org.jspecify.annotations.NullMarked;
