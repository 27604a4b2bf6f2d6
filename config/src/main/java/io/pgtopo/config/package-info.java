/** Loads settings and inventory into one validated {@link io.pgtopo.config.Config}. */
@NullMarked
package io.pgtopo.config;

import org.jspecify.annotations.NullMarked;
