package io.pgtopo.config.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A database of a cluster: an entry of {@code pg_databases}. */
public record Database(
    String name,
    ObjectState state,
    Optional<String> owner,
    Optional<String> comment,
    Creation creation,
    Access access,
    Contents contents) {

  /** Properties that are fixed at creation; those of the template unless given. */
  public record Creation(
      Optional<String> template,
      Optional<String> encoding,
      Optional<String> locale,
      Optional<String> collate,
      Optional<String> ctype,
      Optional<String> localeProvider,
      Optional<String> tablespace) {

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

  /** The objects in it. */
  public record Contents(
      List<Schema> schemas, List<Extension> extensions, SortedMap<String, String> parameters) {

    public static final Contents NONE =
        new Contents(List.of(), List.of(), Collections.emptySortedMap());

    public Contents {
      schemas = List.copyOf(schemas);
      extensions = List.copyOf(extensions);
      parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    /** Whether it has objects that only a connection to the database shows. */
    public boolean isDeclared() {
      return !schemas.isEmpty() || !extensions.isEmpty();
    }
  }

  public record Schema(String name, Optional<String> owner, ObjectState state) {}

  public record Extension(
      String name, Optional<String> schema, Optional<String> version, ObjectState state) {}
}
