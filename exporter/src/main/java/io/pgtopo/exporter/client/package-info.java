/** Queries a running agent over its HTTP API. */
@NullMarked
package io.pgtopo.exporter.client;

import org.jspecify.annotations.NullMarked;
