/** Reads YAML and JSON: typed fields with their places, all problems at once. */
@NullMarked
package io.pgtopo.config.reading;

import org.jspecify.annotations.NullMarked;
