/** Runs cycles: continuously for the service, or as many as one command needs. */
@NullMarked
package io.pgtopo.exporter.daemon;

import org.jspecify.annotations.NullMarked;
