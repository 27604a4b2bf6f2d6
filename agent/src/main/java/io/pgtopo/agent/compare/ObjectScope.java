package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Role;
import java.util.EnumSet;
import java.util.Set;

/**
 * How far the databases and roles of a cluster are evaluated, by what its inventory says of them. A
 * list that is not there says nothing.
 */
public record ObjectScope(Cluster cluster) {
  /** What {@code initdb} makes. */
  public static final Set<String> DATABASES_OF_POSTGRES =
      Set.of("postgres", "template0", "template1");

  /** What Pigsty makes by itself: its {@code pg_default_roles}. */
  public static final Set<String> ROLES_OF_PIGSTY =
      Set.of(
          "dbrole_readonly",
          "dbrole_offline",
          "dbrole_readwrite",
          "dbrole_admin",
          "postgres",
          "replicator",
          "dbuser_dba",
          "dbuser_monitor");

  /** The other kernels that Pigsty offers bring databases and roles of their own. */
  private static final Set<String> PLAIN_MODES = Set.of("pgsql", "citus");

  /** The kinds of drift that can be evaluated by what is declared. */
  Set<DriftKind> kinds() {
    var kinds = EnumSet.noneOf(DriftKind.class);
    if (!cluster.databases().isEmpty()) {
      kinds.addAll(EnumSet.of(DriftKind.DATABASE_MISSING, DriftKind.DATABASE_MISMATCH));
    }
    if (judgesUndeclaredDatabases()) {
      kinds.add(DriftKind.DATABASE_UNDECLARED);
    }
    if (!cluster.roles().isEmpty()) {
      kinds.addAll(EnumSet.of(DriftKind.DATABASE_ROLE_MISSING, DriftKind.DATABASE_ROLE_MISMATCH));
    }
    if (judgesUndeclaredRoles()) {
      kinds.add(DriftKind.DATABASE_ROLE_UNDECLARED);
    }
    return kinds;
  }

  /** Whether a database that is not declared should not be there. */
  public boolean judgesUndeclaredDatabases() {
    return isWhole()
        && cluster.databases().stream()
            .map(Database::name)
            .anyMatch(name -> !DATABASES_OF_POSTGRES.contains(name));
  }

  /** Whether a role that is not declared should not be there. */
  public boolean judgesUndeclaredRoles() {
    return isWhole()
        && cluster.roles().stream()
            .map(Role::name)
            .anyMatch(name -> !ROLES_OF_PIGSTY.contains(name));
  }

  /** Whether Pigsty made the cluster, and not only monitors it. */
  boolean isManaged() {
    return !cluster.instances().stream().allMatch(Instance::isRemote);
  }

  /** A standby cluster holds what its upstream holds, not what it declares itself. */
  private boolean isWhole() {
    return isManaged()
        && cluster.upstream().isEmpty()
        && PLAIN_MODES.contains(cluster.traits().mode());
  }
}
