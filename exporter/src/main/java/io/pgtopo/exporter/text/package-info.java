/** Renders views for people and for tools that read text: tree, diff, tables, JUnit, patches. */
@NullMarked
package io.pgtopo.exporter.text;

import org.jspecify.annotations.NullMarked;
