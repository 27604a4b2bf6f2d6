@NullMarked
package io.pgtopo.config.yaml;

import org.jspecify.annotations.NullMarked;
