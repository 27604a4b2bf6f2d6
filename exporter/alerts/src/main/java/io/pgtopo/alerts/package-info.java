/**
 * The generator of the alerts: {@code grafana/alerts.yml} in, rules for Prometheus, Pigsty,
 * Kubernetes and Grafana and their tests out. A tool of the build, no part of the program.
 */
@NullMarked
package io.pgtopo.alerts;

import org.jspecify.annotations.NullMarked;
