package io.pgtopo.config.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A user or group of a cluster: {@code pg_default_roles} and {@code pg_users}. Its password is
 * never read.
 *
 * @param connectionLimit -1 for none
 * @param expiry as declared: {@code 2030-12-31}, {@code infinity} or, of {@code expire_in}, {@code
 *     365 days}
 * @param parameters role-level settings
 */
public record Role(
    String name,
    ObjectState state,
    SortedSet<Attribute> attributes,
    int connectionLimit,
    Optional<String> expiry,
    List<Membership> memberships,
    SortedMap<String, String> parameters) {

  /** The options of {@code CREATE ROLE}. */
  public enum Attribute implements Labelled {
    LOGIN,
    SUPERUSER,
    CREATEDB,
    CREATEROLE,
    INHERIT,
    REPLICATION,
    BYPASSRLS;

    /** Whether a role has it unless declared otherwise. */
    public boolean isDefault() {
      return this == LOGIN || this == INHERIT;
    }
  }

  /**
   * Membership in another role.
   *
   * @param granted false if it is to be revoked
   */
  public record Membership(String role, boolean granted, boolean withAdmin) {}

  public Role {
    attributes = Collections.unmodifiableSortedSet(new TreeSet<>(attributes));
    memberships = List.copyOf(memberships);
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }
}
