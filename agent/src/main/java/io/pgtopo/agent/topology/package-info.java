/** The live topology: instances, clusters and links, inferred from observations. Pure. */
@NullMarked
package io.pgtopo.agent.topology;

import org.jspecify.annotations.NullMarked;
