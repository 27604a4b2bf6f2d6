/**
 * What is declared, as values: clusters, services, instances, nodes, databases, roles, and the
 * policy for drift. No I/O.
 */
@NullMarked
package io.pgtopo.config.model;

import org.jspecify.annotations.NullMarked;
