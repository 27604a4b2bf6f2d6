/** Maps Pigsty's variables to the model, and reports what is wrong in them. */
@NullMarked
package io.pgtopo.config.pigsty;

import org.jspecify.annotations.NullMarked;
