/** Reads what Patroni reports over its REST API. */
@NullMarked
package io.pgtopo.agent.patroni;

import org.jspecify.annotations.NullMarked;
