@NullMarked
package io.pgtopo.lab;

import org.jspecify.annotations.NullMarked;
