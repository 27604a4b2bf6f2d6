/** Answers HTTP requests from the latest snapshot; connects nowhere. */
@NullMarked
package io.pgtopo.exporter.http;

import org.jspecify.annotations.NullMarked;
