/** What Pigsty's variables mean as entities of the model, and what is wrong in them. */
@NullMarked
package io.pgtopo.config.pigsty;

import org.jspecify.annotations.NullMarked;
