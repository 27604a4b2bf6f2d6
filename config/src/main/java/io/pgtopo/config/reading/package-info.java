/**
 * Fields, places and problems of any YAML or JSON document: typed reading that collects all
 * problems.
 */
@NullMarked
package io.pgtopo.config.reading;

import org.jspecify.annotations.NullMarked;
