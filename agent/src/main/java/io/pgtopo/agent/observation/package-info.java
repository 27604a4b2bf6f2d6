/** What one look at one server yields: plain values, each fact with its source and its absence. */
@NullMarked
package io.pgtopo.agent.observation;

import org.jspecify.annotations.NullMarked;
