package io.pgtopo.exporter.discover;

import io.pgtopo.agent.compare.ObjectScope;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.reading.YamlScalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Updates an inventory to the live topology: roles, upstreams, delays, servers, clusters, databases
 * and users. Only upstreams and delays are removed: a server that does not answer may come back.
 */
public final class Merge {
  private final Inventory declared;
  private final Topology live;
  private final InventoryEdit text;
  private final Map<Endpoint, Instance> byEndpoint = new TreeMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * The changed text.
   *
   * @param notes what could not be changed in place, a sentence each
   */
  public record Result(String text, List<String> notes) {}

  private Merge(Inventory declared, Topology live, InventoryEdit text) {
    this.declared = declared;
    this.live = live;
    this.text = text;
    declared.instances().forEach(it -> byEndpoint.putIfAbsent(it.endpoint(), it));
  }

  /**
   * Merges a topology into an inventory.
   *
   * @param declared by the inventory and the files beside it
   * @param text of the inventory
   * @param names that the user gives to new clusters
   */
  public static Result into(
      Inventory declared, Topology live, InventoryEdit text, Map<Endpoint, String> names) {
    var merge = new Merge(declared, live, text);
    declared.clusters().forEach(merge::mergeMembers);
    merge.mergeServers(names);
    declared.clusters().forEach(merge::mergeObjects);
    return new Result(text.text(), merge.notes);
  }

  private Optional<LiveInstance> found(Instance instance) {
    return live.at(instance.endpoint()).filter(it -> live.isServer(it.endpoint()));
  }

  /** Only where one member is known to lead: otherwise the roles are uncertain. */
  private void mergeMembers(Cluster cluster) {
    var primaries =
        cluster.instances().stream()
            .filter(it -> found(it).filter(Merge::isPrimary).isPresent())
            .toList();
    var leader =
        switch (primaries.size()) {
          case 0 -> standbyLeader(cluster);
          case 1 -> Optional.of(primaries.getFirst());
          default -> Optional.<Instance>empty();
        };
    leader.ifPresent(
        leading ->
            cluster.instances().stream()
                .filter(it -> !it.isRemote())
                .forEach(it -> found(it).ifPresent(seen -> merge(it, seen, leading))));
  }

  /**
   * The one member that streams from another declared cluster. Where no standby cluster is
   * declared, only the declared primary can be it: the upstream of another member may be a mistake.
   */
  private Optional<Instance> standbyLeader(Cluster cluster) {
    var candidates = cluster.instances().stream().filter(this::followsAnotherCluster).toList();
    var declaredLeader = cluster.primary().filter(it -> found(it).isPresent());
    if (candidates.isEmpty()) {
      return cluster.primary().filter(Instance::isStandbyLeader).filter(it -> !followsMember(it));
    }
    return declaredLeader
        .filter(candidates::contains)
        .or(
            () ->
                Optional.of(candidates.getFirst())
                    .filter(it -> candidates.size() == 1)
                    .filter(it -> declaredLeader.filter(Instance::isStandbyLeader).isPresent()));
  }

  private boolean followsAnotherCluster(Instance instance) {
    return upstreamOf(instance).filter(it -> !it.cluster().equals(instance.cluster())).isPresent();
  }

  private boolean followsMember(Instance instance) {
    return upstreamOf(instance).filter(it -> it.cluster().equals(instance.cluster())).isPresent();
  }

  /** The declared instance that a member streams from. */
  private Optional<Instance> upstreamOf(Instance instance) {
    return found(instance)
        .flatMap(
            seen ->
                seen.upstream() instanceof LiveUpstream.Follows(Peer.Known(var upstream))
                    ? Optional.ofNullable(byEndpoint.get(upstream))
                    : Optional.empty());
  }

  private void merge(Instance instance, LiveInstance seen, Instance leader) {
    var isLeader = instance.equals(leader);
    var isDeclaredLeader = instance.role().equals(Optional.of(InstanceRole.PRIMARY));
    if (isLeader != isDeclaredLeader) {
      set(instance, "pg_role", (isLeader ? InstanceRole.PRIMARY : InstanceRole.REPLICA).label());
    }
    if (isPrimary(seen)) {
      if (!(instance.upstream() instanceof DeclaredUpstream.None)
          && text.hasVariable(instance.endpoint().host(), "pg_upstream")) {
        without(instance, "pg_upstream");
      }
      return;
    }
    if (isLeader) {
      mergeStandbyLeader(instance, seen);
    } else if (seen.upstream() instanceof LiveUpstream.Follows(Peer.Known(var upstream))) {
      mergeUpstream(instance, upstream, leader);
    }
  }

  private void mergeStandbyLeader(Instance instance, LiveInstance seen) {
    if (seen.upstream() instanceof LiveUpstream.Follows(Peer.Known(var upstream))
        && !instance.upstream().equals(new DeclaredUpstream.Outside(upstream))) {
      set(instance, "pg_upstream", InventoryYaml.key(upstream.host()));
    }
    var delay = Lineage.delay(seen);
    if (!delay.equals(instance.delay()) && seen.facts().recovery().ifSeen().isPresent()) {
      if (delay.equals(Duration.ZERO)) {
        without(instance, "pg_delay");
      } else {
        set(instance, "pg_delay", InventoryYaml.interval(delay));
      }
    }
  }

  private void mergeUpstream(Instance instance, Endpoint upstream, Instance leader) {
    var other = byEndpoint.get(upstream);
    var isMember = other != null && other.cluster().equals(instance.cluster());
    if (upstream.equals(leader.endpoint())) {
      if (isNamed(instance.upstream())) {
        without(instance, "pg_upstream");
      }
    } else if (isMember && !instance.upstream().equals(new DeclaredUpstream.Member(upstream))) {
      set(instance, "pg_upstream", InventoryYaml.key(upstream.host()));
    }
  }

  private static boolean isNamed(DeclaredUpstream upstream) {
    return switch (upstream) {
      case DeclaredUpstream.None none -> false;
      case DeclaredUpstream.ClusterLeader leader -> false;
      case DeclaredUpstream.Member member -> true;
      case DeclaredUpstream.Outside outside -> true;
    };
  }

  private static boolean isPrimary(LiveInstance seen) {
    return seen.role() == LiveRole.PRIMARY;
  }

  private void set(Instance instance, String variable, String value) {
    note(
        text.set(instance.endpoint().host(), variable, value),
        "set %2$s of %1$s to %3$s".formatted(instance.name(), variable, value));
  }

  private void without(Instance instance, String variable) {
    note(
        text.without(instance.endpoint().host(), variable),
        "remove %2$s of %1$s".formatted(instance.name(), variable));
  }

  private void note(boolean isDone, String change) {
    if (!isDone) {
      notes.add(change + ": not possible in place in this file");
    }
  }

  /** Adds undeclared servers to the cluster that they belong to, or to a new one. */
  private void mergeServers(Map<Endpoint, String> names) {
    var taken = new TreeSet<>(declared.clusters().stream().map(Cluster::name).toList());
    for (var group : Grouping.of(live)) {
      var added =
          group.members().stream().filter(it -> !byEndpoint.containsKey(it.endpoint())).toList();
      if (added.isEmpty()) {
        continue;
      }
      var home = home(group);
      if (home.isPresent()) {
        addMembers(home.get(), group, added);
      } else {
        var name = new ClusterNaming(live, names).name(group, taken);
        taken.add(name.value());
        var cluster = Proposal.cluster(group, name, live);
        note(
            text.addCluster(name.value(), InventoryYaml.lines(cluster)),
            "declare the cluster %s".formatted(name.value()));
      }
    }
  }

  /** The declared cluster of most members. */
  private Optional<Cluster> home(ServerGroup group) {
    return declared.clusters().stream()
        .filter(cluster -> count(group, cluster) > 0)
        .max(Comparator.comparingLong(cluster -> count(group, cluster)));
  }

  private long count(ServerGroup group, Cluster cluster) {
    return group.members().stream()
        .map(member -> byEndpoint.get(member.endpoint()))
        .filter(it -> it != null && it.cluster().equals(cluster.name()))
        .count();
  }

  private void addMembers(Cluster home, ServerGroup group, Collection<LiveInstance> added) {
    var numbers = new Numbering(live, home.name()).of(group);
    var taken = new TreeSet<Integer>();
    home.instances().forEach(it -> taken.add(it.seq()));
    var port = home.instances().getFirst().endpoint().port();
    for (var member :
        added.stream().sorted(Comparator.comparing(LiveInstance::endpoint)).toList()) {
      var proposed = Proposal.instance(member, group, numbers, live);
      if (!taken.add(proposed.seq().value())) {
        var free = 1;
        while (!taken.add(free)) {
          free++;
        }
        proposed = proposed.numbered(Sourced.guessed(free, "pg_seq"));
      }
      var role = home.primary().isPresent() ? proposed.withRole(InstanceRole.REPLICA) : proposed;
      note(
          text.addHost(
              home.instances().stream().map(it -> it.endpoint().host()).toList(),
              member.endpoint().host(),
              InventoryYaml.variables(role, port).toString()),
          "declare %s-%d at %s".formatted(home.name(), role.seq().value(), member.endpoint()));
    }
  }

  private void mergeObjects(Cluster cluster) {
    var scope = new ObjectScope(cluster);
    var found =
        cluster.instances().stream()
            .flatMap(it -> found(it).stream())
            .filter(Merge::isPrimary)
            .flatMap(it -> it.facts().survey().ifSeen().flatMap(ClusterObjects::of).stream())
            .toList();
    if (found.size() != 1) {
      return;
    }
    var objects = found.getFirst();
    if (scope.judgesUndeclaredDatabases()) {
      append(
          cluster,
          "pg_databases",
          objects.databases(),
          cluster.databases().stream().map(Database::name).toList());
    }
    if (scope.judgesUndeclaredRoles()) {
      append(
          cluster, "pg_users", objects.users(), cluster.roles().stream().map(Role::name).toList());
    }
  }

  private void append(
      Cluster cluster, String variable, List<Item> items, List<String> declaredNames) {
    var known = declaredNames.stream().map(YamlScalar::of).toList();
    for (var item : items) {
      var name = item.fields().get("name");
      if (!known.contains(name)) {
        note(
            text.append(
                cluster.instances().stream().map(it -> it.endpoint().host()).toList(),
                variable,
                InventoryYaml.item(item)),
            "add %3$s to %2$s of %1$s".formatted(cluster.name(), variable, name));
      }
    }
  }
}
