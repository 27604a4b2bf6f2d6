/**
 * The way back: what an inventory would have to say of what is really there. Pure: facts and a
 * topology in, a proposal and its text out.
 */
@NullMarked
package io.pgtopo.exporter.discover;

import org.jspecify.annotations.NullMarked;
