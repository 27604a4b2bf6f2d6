@NullMarked
package io.pgtopo.exporter;

import org.jspecify.annotations.NullMarked;
