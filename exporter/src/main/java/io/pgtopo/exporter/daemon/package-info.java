/** The loop: cycle after cycle for a service, or the few that one command needs. */
@NullMarked
package io.pgtopo.exporter.daemon;

import org.jspecify.annotations.NullMarked;
