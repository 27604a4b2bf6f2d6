/** The demo: a real cluster of four servers on this machine, with incidents to stage. */
@NullMarked
package io.pgtopo.exporter.demo;

import org.jspecify.annotations.NullMarked;
