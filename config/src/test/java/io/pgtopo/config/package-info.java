@NullMarked
package io.pgtopo.config;

import org.jspecify.annotations.NullMarked;
