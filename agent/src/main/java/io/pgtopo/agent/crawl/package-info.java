/** Where to look next: undeclared servers that the evidence leads to, within limits. Pure. */
@NullMarked
package io.pgtopo.agent.crawl;

import org.jspecify.annotations.NullMarked;
