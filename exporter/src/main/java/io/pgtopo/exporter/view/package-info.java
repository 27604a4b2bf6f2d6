/** The snapshot as presentable records: what all renderers share. */
@NullMarked
package io.pgtopo.exporter.view;

import org.jspecify.annotations.NullMarked;
