/** A real cluster of four on this machine, with incidents to stage. */
@NullMarked
package io.pgtopo.exporter.demo;

import org.jspecify.annotations.NullMarked;
