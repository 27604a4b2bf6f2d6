/** The entry point of the program: it alone uses the system clock and JDBC. */
@NullMarked
package io.pgtopo.exporter;

import org.jspecify.annotations.NullMarked;
