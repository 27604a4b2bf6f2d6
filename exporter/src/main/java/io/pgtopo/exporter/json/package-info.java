/** Renders views as JSON. */
@NullMarked
package io.pgtopo.exporter.json;

import org.jspecify.annotations.NullMarked;
