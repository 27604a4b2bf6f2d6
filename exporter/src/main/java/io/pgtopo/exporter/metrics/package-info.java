/** Renders views as Prometheus metrics, beside the meters of the process itself. */
@NullMarked
package io.pgtopo.exporter.metrics;

import org.jspecify.annotations.NullMarked;
