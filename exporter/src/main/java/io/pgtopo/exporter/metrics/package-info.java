/** Renders views as Prometheus metrics, and adds the metrics of the process. */
@NullMarked
package io.pgtopo.exporter.metrics;

import org.jspecify.annotations.NullMarked;
