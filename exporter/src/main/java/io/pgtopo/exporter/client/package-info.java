/** Asks a running agent by its HTTP API. */
@NullMarked
package io.pgtopo.exporter.client;

import org.jspecify.annotations.NullMarked;
