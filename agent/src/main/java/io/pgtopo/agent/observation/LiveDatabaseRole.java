package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Role.Attribute;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A row of {@code pg_roles}, readable by every role; its password is not.
 *
 * @param attributes that it has, in their order
 * @param connectionLimit {@code rolconnlimit}; -1 for none
 * @param validUntil {@code rolvaliduntil}; empty for ever
 * @param memberOf roles that it is a direct member of, in order
 * @param administers those of them that it may grant to others: {@code admin_option}, in order
 */
public record LiveDatabaseRole(
    String name,
    List<Attribute> attributes,
    int connectionLimit,
    Optional<Instant> validUntil,
    List<String> memberOf,
    List<String> administers) {

  public LiveDatabaseRole {
    attributes = List.copyOf(new TreeSet<>(attributes));
    memberOf = memberOf.stream().distinct().sorted().toList();
    administers = administers.stream().distinct().sorted().toList();
  }

  /** A role that may grant no other one. */
  public LiveDatabaseRole(
      String name,
      List<Attribute> attributes,
      int connectionLimit,
      Optional<Instant> validUntil,
      List<String> memberOf) {
    this(name, attributes, connectionLimit, validUntil, memberOf, List.of());
  }

  public boolean has(Attribute attribute) {
    return attributes.contains(attribute);
  }
}
