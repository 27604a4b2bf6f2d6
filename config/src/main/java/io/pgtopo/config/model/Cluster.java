package io.pgtopo.config.model;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One declared cluster: its instances, services, databases and roles.
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
   * @param shard horizontal shard ({@code pg_shard}), otherwise the name of the cluster
   * @param group its number in the shard, 0 for the coordinator ({@code pg_group})
   * @param mode flavour of PostgreSQL, such as {@code pgsql} ({@code pg_mode})
   * @param version major version; empty if left to Pigsty's default ({@code pg_version})
   * @param manager Patroni on each node; empty if Pigsty does not run it
   * @param taken names in HAProxy that begin as those of its services do, and are of other clusters
   *     or declared apart ({@code haproxy_services})
   * @param allowedLoss how many bytes of WAL a failover may lose ({@code pg_rpo}, which Pigsty
   *     gives to Patroni as {@code maximum_lag_on_failover}); empty if left to Pigsty's default
   * @param dnsName that Pigsty gives the declared primary; empty if it gives none, or one for the
   *     VIP or another address ({@code pg_dns_target}, {@code pg_dns_suffix})
   */
  public record Traits(
      String shard,
      int group,
      String mode,
      Optional<Integer> version,
      Optional<Vip> vip,
      Optional<ManagerApi> manager,
      List<String> taken,
      Optional<Integer> allowedLoss,
      Optional<String> dnsName) {
    public Traits {
      taken = List.copyOf(taken);
    }

    /** Those of a cluster whose name begins no other one. */
    public Traits(
        String shard,
        int group,
        String mode,
        Optional<Integer> version,
        Optional<Vip> vip,
        Optional<ManagerApi> manager) {
      this(
          shard, group, mode, version, vip, manager, List.of(), Optional.empty(), Optional.empty());
    }

    /** Those of a cluster without an HA manager. */
    public Traits(
        String shard, int group, String mode, Optional<Integer> version, Optional<Vip> vip) {
      this(shard, group, mode, version, vip, Optional.empty());
    }

    /** Pigsty's defaults for a cluster of this name. */
    public static Traits of(String cluster) {
      return new Traits(cluster, 0, "pgsql", Optional.empty(), Optional.empty());
    }
  }

  /**
   * The virtual address that vip-manager binds on the primary.
   *
   * @param prefixLength 0 to 128
   * @param networkInterface {@code auto} or the name of one
   */
  public record Vip(String address, int prefixLength, String networkInterface) {}

  /**
   * The REST API of Patroni on each node.
   *
   * @param port {@code patroni_port}
   * @param scheme {@code patroni_ssl_enabled}
   */
  public record ManagerApi(int port, Scheme scheme) {

    /** How it is spoken to. Its label is that of an address. */
    public enum Scheme implements Labelled {
      HTTP,
      HTTPS
    }
  }

  public Cluster {
    instances = instances.stream().sorted(Comparator.comparingInt(Instance::seq)).toList();
    services = List.copyOf(services);
    databases = List.copyOf(databases);
    roles = List.copyOf(roles);
  }

  /** A cluster of instances only. */
  public Cluster(String name, List<Instance> instances) {
    this(name, Traits.of(name), instances, List.of(), List.of(), List.of());
  }

  /** Whether a proxy of HAProxy has a name as its services have, and is none of them. */
  public boolean isUndeclaredService(String proxy) {
    return proxy.startsWith(name + "-")
        && services.stream().noneMatch(service -> service.fullName(name).equals(proxy))
        && traits.taken().stream()
            .noneMatch(taken -> proxy.equals(taken) || proxy.startsWith(taken + "-"));
  }

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

  /** The VIP with the port of the members. */
  public Optional<Endpoint> virtualEndpoint() {
    return traits
        .vip()
        .filter(vip -> !instances.isEmpty())
        .map(vip -> new Endpoint(vip.address(), instances.getFirst().endpoint().port()));
  }

  /** The upstream of a standby cluster; empty for an ordinary one. */
  public Optional<Endpoint> upstream() {
    return primary()
        .map(Instance::upstream)
        .filter(DeclaredUpstream.Outside.class::isInstance)
        .map(upstream -> ((DeclaredUpstream.Outside) upstream).endpoint());
  }
}
