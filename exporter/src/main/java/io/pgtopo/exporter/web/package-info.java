/** Admits HTTP requests: TLS, logins, limits. Independent of PostgreSQL. */
@NullMarked
package io.pgtopo.exporter.web;

import org.jspecify.annotations.NullMarked;
