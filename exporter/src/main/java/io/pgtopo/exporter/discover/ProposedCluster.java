package io.pgtopo.exporter.discover;

import java.util.List;
import java.util.Optional;

/**
 * A cluster to declare.
 *
 * @param major version
 * @param instances in order of their numbers
 * @param synchronous {@code synchronous_standby_names} of the primary, if commits wait for standbys
 * @param databases items of {@code pg_databases}
 * @param users items of {@code pg_users}
 */
public record ProposedCluster(
    Sourced<String> name,
    int major,
    List<ProposedInstance> instances,
    Optional<String> synchronous,
    List<Item> databases,
    List<Item> users) {

  public ProposedCluster {
    instances = List.copyOf(instances);
    databases = List.copyOf(databases);
    users = List.copyOf(users);
  }
}
