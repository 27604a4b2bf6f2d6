/**
 * What a running agent holds between cycles: the latest snapshot, the declaration in force, its
 * counters.
 */
@NullMarked
package io.pgtopo.exporter.runtime;

import org.jspecify.annotations.NullMarked;
