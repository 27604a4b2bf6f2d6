/** What to do about a drift, and what not, computed from everything that is seen of its cluster. */
@NullMarked
package io.pgtopo.agent.advice;

import org.jspecify.annotations.NullMarked;
