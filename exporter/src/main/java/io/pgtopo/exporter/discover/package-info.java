/**
 * The way back from a topology to an inventory: crawls, proposes a declaration, and writes or
 * merges its text.
 */
@NullMarked
package io.pgtopo.exporter.discover;

import org.jspecify.annotations.NullMarked;
