@NullMarked
package io.pgtopo.agent;

import org.jspecify.annotations.NullMarked;
