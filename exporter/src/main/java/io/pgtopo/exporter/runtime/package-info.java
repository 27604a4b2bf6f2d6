/** State of a running agent between cycles: latest snapshot, loaded configuration, counters. */
@NullMarked
package io.pgtopo.exporter.runtime;

import org.jspecify.annotations.NullMarked;
