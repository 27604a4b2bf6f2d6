package io.pgtopo.config.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A database that every instance of a cluster holds: {@code pg_databases}.
 *
 * @param owner empty if left to PostgreSQL: the superuser that creates it
 */
public record Database(
    String name,
    ObjectState state,
    Optional<String> owner,
    Optional<String> comment,
    Creation creation,
    Access access,
    Contents contents) {

  /** Properties that are fixed at creation; empty ones are the template's. */
  public record Creation(
      Optional<String> template,
      Optional<String> encoding,
      Optional<String> locale,
      Optional<String> collate,
      Optional<String> ctype,
      Optional<String> localeProvider,
      Optional<String> tablespace) {

    /** Everything as in the template. */
    public static final Creation DEFAULT =
        new Creation(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /**
   * Who may connect, and how.
   *
   * @param connectionLimit -1 for none
   * @param pooled whether PgBouncer offers it
   */
  public record Access(
      boolean isTemplate,
      boolean allowsConnections,
      boolean revokesPublic,
      int connectionLimit,
      boolean pooled) {

    /** Pigsty's defaults. */
    public static final Access DEFAULT = new Access(false, true, false, -1, true);
  }

  /** What is in it. */
  public record Contents(
      List<Schema> schemas, List<Extension> extensions, SortedMap<String, String> parameters) {

    /** Nothing declared. */
    public static final Contents NONE =
        new Contents(List.of(), List.of(), Collections.emptySortedMap());

    public Contents {
      schemas = List.copyOf(schemas);
      extensions = List.copyOf(extensions);
      parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    /** Whether anything is that only a look into the database tells. */
    public boolean isDeclared() {
      return !schemas.isEmpty() || !extensions.isEmpty();
    }
  }

  /** A schema of a database. */
  public record Schema(String name, Optional<String> owner, ObjectState state) {}

  /** An extension of a database; without schema or version, PostgreSQL's choice. */
  public record Extension(
      String name, Optional<String> schema, Optional<String> version, ObjectState state) {}
}
