package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Service;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What is declared. What is left to a default elsewhere is empty. */
public record InventoryReport(
    List<DeclaredCluster> clusters,
    List<RemoteInstance> remote,
    List<ProblemsReport.ProblemEntry> problems) {

  /** A cluster with instances of its own. */
  public record DeclaredCluster(
      String name,
      String shard,
      int group,
      Optional<Integer> version,
      Optional<String> upstream,
      Optional<String> vip,
      List<DeclaredInstance> instances,
      List<DeclaredService> services,
      List<DeclaredDatabase> databases,
      List<DeclaredRole> roles) {

    private static DeclaredCluster of(Cluster cluster, DisplayNames names) {
      var traits = cluster.traits();
      return new DeclaredCluster(
          cluster.name(),
          traits.shard(),
          traits.group(),
          traits.version(),
          cluster.upstream().map(names::of),
          traits.vip().map(vip -> vip.address() + "/" + vip.prefixLength()),
          cluster.instances().stream()
              .filter(Predicate.not(Instance::isRemote))
              .map(instance -> DeclaredInstance.of(instance, names))
              .toList(),
          cluster.services().stream().map(DeclaredService::of).toList(),
          cluster.databases().stream().map(DeclaredDatabase::of).toList(),
          cluster.roles().stream().map(DeclaredRole::of).toList());
    }
  }

  /** A declared instance of a node. */
  public record DeclaredInstance(
      String name,
      @JsonPropertyDescription("its own name, where that is another one, such as Patroni's")
          Optional<String> alias,
      int seq,
      String node,
      int port,
      @OneOf(InstanceRole.class) Optional<String> role,
      Optional<String> upstream,
      Duration delay,
      int weight,
      boolean offlineQuery) {

    private static DeclaredInstance of(Instance instance, DisplayNames names) {
      return new DeclaredInstance(
          instance.name(),
          instance.alias(),
          instance.seq(),
          instance.endpoint().host(),
          instance.endpoint().port(),
          instance.role().map(InstanceRole::label),
          names.upstreamOf(instance),
          instance.delay(),
          instance.traffic().weight(),
          instance.traffic().offlineQuery());
    }
  }

  /** A declared instance that no node runs. */
  public record RemoteInstance(String name, String cluster, int seq, String node, int port) {
    private static RemoteInstance of(Instance instance) {
      return new RemoteInstance(
          instance.name(),
          instance.cluster(),
          instance.seq(),
          instance.endpoint().host(),
          instance.endpoint().port());
    }
  }

  /** A declared service, its servers by name. */
  public record DeclaredService(
      String name,
      int port,
      String destination,
      String check,
      List<String> members,
      List<String> backups) {

    private static DeclaredService of(Service service) {
      return new DeclaredService(
          service.name(),
          service.listen().port(),
          service.definition().destination().label(),
          service.definition().check(),
          service.members().stream().map(Service.Server::instance).toList(),
          service.backups().stream().map(Service.Server::instance).toList());
    }
  }

  /** A declared database. */
  public record DeclaredDatabase(
      String name,
      Optional<String> owner,
      String state,
      Optional<String> encoding,
      int connectionLimit,
      boolean pooled,
      List<String> schemas,
      List<String> extensions) {

    private static DeclaredDatabase of(Database database) {
      return new DeclaredDatabase(
          database.name(),
          database.owner(),
          database.state().label(),
          database.creation().encoding(),
          database.access().connectionLimit(),
          database.access().pooled(),
          database.contents().schemas().stream().map(Database.Schema::name).toList(),
          database.contents().extensions().stream().map(Database.Extension::name).toList());
    }
  }

  /** A declared role of the database. */
  public record DeclaredRole(
      String name,
      String state,
      List<String> attributes,
      int connectionLimit,
      Optional<String> expiry,
      List<String> memberOf) {

    private static DeclaredRole of(Role role) {
      return new DeclaredRole(
          role.name(),
          role.state().label(),
          role.attributes().stream().map(Role.Attribute::label).toList(),
          role.connectionLimit(),
          role.expiry().map(Object::toString),
          role.memberships().stream()
              .filter(Role.Membership::granted)
              .map(Role.Membership::role)
              .toList());
    }
  }

  /** Some clusters, and all problems. */
  public static InventoryReport of(Config config, Predicate<String> cluster) {
    var names = new DisplayNames(AddressBook.of(config.inventory()));
    var clusters = config.inventory().clusters();
    return new InventoryReport(
            clusters.stream()
                .filter(it -> it.instances().stream().anyMatch(Predicate.not(Instance::isRemote)))
                .map(it -> DeclaredCluster.of(it, names))
                .toList(),
            clusters.stream()
                .flatMap(it -> it.instances().stream())
                .filter(Instance::isRemote)
                .map(RemoteInstance::of)
                .toList(),
            config.warnings().stream().map(ProblemsReport.ProblemEntry::of).toList())
        .only(cluster);
  }

  /** The part that is about some clusters, and all problems. */
  public InventoryReport only(Predicate<String> cluster) {
    return new InventoryReport(
        clusters.stream().filter(it -> cluster.test(it.name())).toList(),
        remote.stream().filter(it -> cluster.test(it.cluster())).toList(),
        problems);
  }

  /** The names of all clusters in order, of remote instances too. */
  public List<String> names() {
    var names = new TreeSet<String>();
    clusters.forEach(cluster -> names.add(cluster.name()));
    remote.forEach(instance -> names.add(instance.cluster()));
    return List.copyOf(names);
  }
}
