/** The environment of the process: terminal, log, signals, systemd, host names. */
@NullMarked
package io.pgtopo.exporter.platform;

import org.jspecify.annotations.NullMarked;
