package io.pgtopo.agent.story;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who plays in a story: declared clusters, and the addresses that their instances get. The n-th
 * instance of the m-th cluster is at 10.m.0.n:5432.
 */
record Cast(Inventory inventory, SortedMap<String, Endpoint> endpoints, Map<String, Long> systems) {

  /**
   * A cast.
   *
   * @param undeclared servers that are declared nowhere, and their addresses
   */
  static Cast of(Map<String, Object> yaml, Map<String, Object> undeclared) {
    var endpoints = new TreeMap<String, Endpoint>();
    var number = 0;
    for (var entry : yaml.entrySet()) {
      var cluster = entry.getValue();
      number++;
      vip(Story.map(cluster))
          .ifPresent(vip -> endpoints.put(vip(entry.getKey()), new Endpoint(vip.address(), 5432)));
      for (var name : instances(Story.map(cluster)).keySet()) {
        endpoints.put(name, new Endpoint("10." + number + ".0." + seq(name), 5432));
      }
    }
    undeclared.forEach((name, address) -> endpoints.put(name, undeclared(Story.text(address))));
    var clusters = new ArrayList<Cluster>();
    yaml.forEach((name, members) -> clusters.add(cluster(name, Story.map(members), endpoints)));
    var nodes = new ArrayList<Node>();
    yaml.values().forEach(members -> nodes.addAll(zoned(Story.map(members), endpoints)));
    var inventory = new Inventory(clusters, nodes);
    return new Cast(inventory, endpoints, systems(clusters));
  }

  private static Endpoint undeclared(String address) {
    var parts = address.split(":", 2);
    return new Endpoint(parts[0], parts.length == 2 ? Integer.parseInt(parts[1]) : 5432);
  }

  private static Cluster cluster(
      String name, Map<String, Object> members, Map<String, Endpoint> endpoints) {
    var instances = new ArrayList<Instance>();
    instances(members)
        .forEach(
            (member, words) ->
                instances.add(instance(name, member, Story.text(words).split(" ", 3), endpoints)));
    var version = Optional.ofNullable(members.get("version")).map(Story::text);
    var mode = members.getOrDefault("mode", "pgsql").toString();
    return new Cluster(
        name,
        new Cluster.Traits(
            name,
            0,
            mode,
            version.map(Integer::parseInt),
            vip(members),
            manager(members),
            List.of(),
            Optional.ofNullable(members.get("rpo")).map(it -> Integer.parseInt(Story.text(it))),
            vip(members).isEmpty() ? Optional.of(name) : Optional.empty()),
        instances,
        DeclaredServices.of(name, members.get("services"), endpoints),
        DeclaredObjects.databases(members.get("databases")),
        DeclaredObjects.roles(members.get("roles")));
  }

  /** The nodes of a cluster that are in a zone. */
  private static List<Node> zoned(Map<String, Object> cluster, Map<String, Endpoint> endpoints) {
    return Story.map(cluster.get("zones")).entrySet().stream()
        .flatMap(
            zone ->
                Story.list(zone.getValue()).stream()
                    .map(
                        member ->
                            new Node(
                                Objects.requireNonNull(endpoints.get(Story.text(member))).host(),
                                Optional.of(Story.text(member)),
                                "nodes",
                                Optional.of(zone.getKey()))))
        .toList();
  }

  private static Optional<Cluster.ManagerApi> manager(Map<String, Object> cluster) {
    return Optional.ofNullable(cluster.get("patroni"))
        .map(unused -> new Cluster.ManagerApi(StoryManagers.PORT, Cluster.ManagerApi.Scheme.HTTP));
  }

  private static Optional<Cluster.Vip> vip(Map<String, Object> cluster) {
    return Optional.ofNullable(cluster.get("vip"))
        .map(address -> new Cluster.Vip(Story.text(address), 24, "auto"));
  }

  /** How a story calls the VIP of a cluster. */
  private static String vip(String cluster) {
    return cluster + " vip";
  }

  /** The members of a cluster, without what is declared of it as a whole. */
  private static Map<String, Object> instances(Map<String, Object> cluster) {
    var instances = new LinkedHashMap<>(cluster);
    instances
        .keySet()
        .removeAll(
            List.of(
                "version",
                "mode",
                "patroni",
                "vip",
                "rpo",
                "services",
                "databases",
                "roles",
                "zones"));
    return instances;
  }

  /**
   * {@code role}, {@code role follows instance}, {@code role delayed 1h}, {@code role alias name},
   * or remote.
   */
  private static Instance instance(
      String cluster, String name, String[] words, Map<String, Endpoint> endpoints) {
    var role =
        words[0].equals("remote")
            ? Optional.<InstanceRole>empty()
            : Optional.of(InstanceRole.valueOf(words[0].toUpperCase(Locale.ROOT)));
    var follows = words.length == 3 && words[1].equals("follows") ? words[2] : "";
    var delay = words.length == 3 && words[1].equals("delayed") ? words[2] : "0s";
    return new Instance(
        cluster,
        seq(name),
        role,
        endpoint(name, endpoints),
        upstream(cluster, role, follows, endpoints),
        Story.duration(delay),
        Instance.Traffic.DEFAULT,
        words.length == 3 && words[1].equals("alias") ? Optional.of(words[2]) : Optional.empty());
  }

  private static DeclaredUpstream upstream(
      String cluster,
      Optional<InstanceRole> role,
      String follows,
      Map<String, Endpoint> endpoints) {
    if (follows.isEmpty()) {
      return role.isEmpty() || role.get() == InstanceRole.PRIMARY
          ? new DeclaredUpstream.None()
          : new DeclaredUpstream.ClusterLeader();
    }
    var upstream = endpoint(follows, endpoints);
    return clusterOf(follows).equals(cluster)
        ? new DeclaredUpstream.Member(upstream)
        : new DeclaredUpstream.Outside(upstream);
  }

  /** A standby cluster is a copy of the cluster that it follows; any other has a system id. */
  private static Map<String, Long> systems(List<Cluster> clusters) {
    var systems = new TreeMap<String, Long>();
    for (var i = 0; i < clusters.size(); i++) {
      var cluster = clusters.get(i);
      var source =
          cluster.instances().stream()
              .filter(Instance::isStandbyLeader)
              .findFirst()
              .flatMap(leader -> owner(clusters, leader));
      systems.put(cluster.name(), source.map(systems::get).orElse(7_000L + i));
    }
    return systems;
  }

  private static Optional<String> owner(List<Cluster> clusters, Instance leader) {
    return leader.upstream() instanceof DeclaredUpstream.Outside(var endpoint)
        ? clusters.stream()
            .flatMap(cluster -> cluster.instances().stream())
            .filter(instance -> instance.endpoint().equals(endpoint))
            .map(Instance::cluster)
            .findFirst()
        : Optional.empty();
  }

  Endpoint endpoint(String name) {
    return endpoint(name, endpoints);
  }

  long system(String instance) {
    return systems.getOrDefault(clusterOf(instance), 6_999L);
  }

  private static Endpoint endpoint(String name, Map<String, Endpoint> endpoints) {
    var endpoint = endpoints.get(name);
    if (endpoint == null) {
      throw new IllegalArgumentException("no instance is named " + name);
    }
    return endpoint;
  }

  private static int seq(String name) {
    return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
  }

  static String clusterOf(String instance) {
    return instance.substring(0, instance.lastIndexOf('-'));
  }
}
