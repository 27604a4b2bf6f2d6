/** Polls PostgreSQL over JDBC: one connection to each server, one round trip for each poll. */
@NullMarked
package io.pgtopo.agent.postgres;

import org.jspecify.annotations.NullMarked;
