/** What one poll of one server reports: plain values, each with its source. */
@NullMarked
package io.pgtopo.agent.observation;

import org.jspecify.annotations.NullMarked;
