/**
 * Which servers of a declared service get connections: Patroni's health checks, and how HAProxy
 * uses backups. Pure.
 */
@NullMarked
package io.pgtopo.agent.service;

import org.jspecify.annotations.NullMarked;
