package io.pgtopo.config.model;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One declared cluster: a primary and the standbys that follow it, the services that lead to them,
 * and the databases and roles that all of them hold.
 *
 * @param name matches {@code [a-zA-Z0-9-]+}; the label {@code cls}
 * @param instances in order of their number
 * @param services in order of declaration, the default ones first
 * @param databases in order of declaration
 * @param roles in order of declaration, the default ones first if they are declared
 */
public record Cluster(
    String name,
    Traits traits,
    List<Instance> instances,
    List<Service> services,
    List<Database> databases,
    List<Role> roles) {

  /**
   * What is declared of a cluster as a whole.
   *
   * @param shard horizontal shard that it is a part of; its own name unless declared ({@code
   *     pg_shard})
   * @param group its number in the shard, 0 for the coordinator ({@code pg_group})
   * @param mode the flavour of PostgreSQL: {@code pgsql}, {@code citus} and others ({@code
   *     pg_mode})
   * @param version major version; empty if left to Pigsty's default ({@code pg_version})
   */
  public record Traits(
      String shard, int group, String mode, Optional<Integer> version, Optional<Vip> vip) {

    /** Pigsty's defaults for a cluster of this name. */
    public static Traits of(String cluster) {
      return new Traits(cluster, 0, "pgsql", Optional.empty(), Optional.empty());
    }
  }

  /**
   * An address that is moved to the primary by vip-manager.
   *
   * @param address without its mask
   * @param prefixLength bits of the network mask, 0 to 128
   * @param networkInterface {@code auto} or the name of one
   */
  public record Vip(String address, int prefixLength, String networkInterface) {}

  public Cluster {
    instances = instances.stream().sorted(Comparator.comparingInt(Instance::seq)).toList();
    services = List.copyOf(services);
    databases = List.copyOf(databases);
    roles = List.copyOf(roles);
  }

  /** A cluster of which no more than its instances is known. */
  public Cluster(String name, List<Instance> instances) {
    this(name, Traits.of(name), instances, List.of(), List.of(), List.of());
  }

  /** This cluster with some of its instances. */
  public Cluster withInstances(List<Instance> some) {
    return new Cluster(name, traits, some, services, databases, roles);
  }

  /** The one instance declared primary; empty if none or several are. */
  public Optional<Instance> primary() {
    var primaries =
        instances.stream()
            .filter(instance -> instance.role().equals(Optional.of(InstanceRole.PRIMARY)))
            .toList();
    return primaries.size() == 1 ? Optional.of(primaries.getFirst()) : Optional.empty();
  }

  /** Whether it should have a primary of its own: a standby cluster should not. */
  public boolean declaresWriter() {
    return instances.stream().anyMatch(Instance::isWriter);
  }

  /** Where a client that uses the VIP looks for PostgreSQL: the port is that of the members. */
  public Optional<Endpoint> virtualEndpoint() {
    return traits
        .vip()
        .filter(vip -> !instances.isEmpty())
        .map(vip -> new Endpoint(vip.address(), instances.getFirst().endpoint().port()));
  }

  /** Whom a standby cluster follows; empty for an ordinary one. */
  public Optional<Endpoint> upstream() {
    return primary()
        .map(Instance::upstream)
        .filter(DeclaredUpstream.Outside.class::isInstance)
        .map(upstream -> ((DeclaredUpstream.Outside) upstream).endpoint());
  }
}
