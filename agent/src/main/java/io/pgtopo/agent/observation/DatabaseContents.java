package io.pgtopo.agent.observation;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Schemas and extensions of one database, read through a connection to it by any role that may
 * connect.
 *
 * @param schemas of {@code pg_namespace}, by name
 * @param extensions of {@code pg_extension}, by name
 */
public record DatabaseContents(
    SortedMap<String, Schema> schemas, SortedMap<String, Extension> extensions) {

  /**
   * A row of {@code pg_namespace}.
   *
   * @param extension that made it and drops it: a {@code pg_depend} of type e
   */
  public record Schema(String owner, Optional<String> extension) {}

  /** A row of {@code pg_extension}. */
  public record Extension(String schema, String version) {}

  public DatabaseContents {
    schemas = Collections.unmodifiableSortedMap(new TreeMap<>(schemas));
    extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
  }
}
