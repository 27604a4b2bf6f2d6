package io.pgtopo.agent.observation;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A row of {@code pg_roles}, readable by every role; its password is not.
 *
 * @param attributes that it has, in the order of {@link Attribute}
 * @param connectionLimit {@code rolconnlimit}; -1 for none
 * @param validUntil {@code rolvaliduntil}; empty for ever
 * @param memberOf roles that it is a direct member of, in order
 */
public record LiveDatabaseRole(
    String name,
    List<Attribute> attributes,
    int connectionLimit,
    Optional<Instant> validUntil,
    List<String> memberOf) {

  /** What a role may do. */
  public enum Attribute {
    SUPERUSER,
    INHERIT,
    CREATEROLE,
    CREATEDB,
    LOGIN,
    REPLICATION,
    BYPASSRLS;

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public LiveDatabaseRole {
    attributes = List.copyOf(new TreeSet<>(attributes));
    memberOf = memberOf.stream().distinct().sorted().toList();
  }

  /** Whether it has an attribute. */
  public boolean has(Attribute attribute) {
    return Set.copyOf(attributes).contains(attribute);
  }
}
