/**
 * The declared entities and the policy for drift, as values: clusters, services, instances, nodes,
 * databases, roles. No I/O.
 */
@NullMarked
package io.pgtopo.config.model;

import org.jspecify.annotations.NullMarked;
