/** Reads what an HAProxy has loaded, and what it does with it. */
@NullMarked
package io.pgtopo.agent.haproxy;

import org.jspecify.annotations.NullMarked;
