/** What is really there: instances, families and links, inferred from observations. Pure. */
@NullMarked
package io.pgtopo.agent.topology;

import org.jspecify.annotations.NullMarked;
