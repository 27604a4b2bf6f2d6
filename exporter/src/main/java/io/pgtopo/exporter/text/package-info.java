/** Renders views as text: tree, diff, tables, JUnit, patches. */
@NullMarked
package io.pgtopo.exporter.text;

import org.jspecify.annotations.NullMarked;
