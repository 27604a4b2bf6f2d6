/**
 * The door of the HTTP server: who may come in, over which protocol, how much and how fast. It
 * knows nothing of PostgreSQL.
 */
@NullMarked
package io.pgtopo.exporter.web;

import org.jspecify.annotations.NullMarked;
