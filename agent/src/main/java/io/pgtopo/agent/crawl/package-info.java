/** Which undeclared addresses to poll: those that polled servers report, within limits. Pure. */
@NullMarked
package io.pgtopo.agent.crawl;

import org.jspecify.annotations.NullMarked;
