/** The rules: declared against live, cluster by cluster. Pure. */
@NullMarked
package io.pgtopo.agent.compare;

import org.jspecify.annotations.NullMarked;
