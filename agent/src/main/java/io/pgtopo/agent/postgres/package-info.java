/** The sense for PostgreSQL: one connection a server, one round trip a look. All of its I/O. */
@NullMarked
package io.pgtopo.agent.postgres;

import org.jspecify.annotations.NullMarked;
