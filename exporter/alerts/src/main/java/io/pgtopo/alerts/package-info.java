/**
 * Generates the alert rules and their tests from {@code grafana/alerts.yml}. Not part of the
 * program.
 */
@NullMarked
package io.pgtopo.alerts;

import org.jspecify.annotations.NullMarked;
