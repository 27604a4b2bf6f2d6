/** Fetches small documents over HTTP within bounds of time and size. */
@NullMarked
package io.pgtopo.agent.fetch;

import org.jspecify.annotations.NullMarked;
