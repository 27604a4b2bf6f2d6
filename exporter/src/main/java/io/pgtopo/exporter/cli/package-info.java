/** The commands: arguments in, exit status out. */
@NullMarked
package io.pgtopo.exporter.cli;

import org.jspecify.annotations.NullMarked;
