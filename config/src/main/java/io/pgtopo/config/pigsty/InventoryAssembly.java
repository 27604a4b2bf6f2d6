package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Node;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the declared inventory from all hosts. */
public final class InventoryAssembly {
  private static final String DEFAULT_NODE_CLUSTER = "nodes";

  private final Problems problems;
  private final ValueReader reader;

  public InventoryAssembly(Problems problems) {
    this.problems = problems;
    this.reader = new ValueReader(problems);
  }

  /** The inventory; incomplete if it left errors among the problems. */
  public Inventory assemble(List<Host> hosts) {
    var declarations = new DeclarationReader(reader);
    var all = new ArrayList<Declaration>();
    var homeless = new ArrayList<Host>();
    for (var host : hosts) {
      var cluster = host.find("pg_cluster");
      problems.within(
          cluster.map(InventoryAssembly::shown).orElse("host " + host.name()),
          () -> declarations.read(host).ifPresent(all::add));
      if (cluster.isEmpty()) {
        homeless.add(host);
      }
      declarations.warnOfReserved(host);
    }
    homeless.forEach(host -> loseSiblings(host, all));
    var upstreams = new Upstreams(all, reader);
    var clusters = new TreeMap<String, Cluster>();
    var local = new ArrayList<Instance>();
    var addresses = all.stream().map(one -> one.host().name()).collect(Collectors.toSet());
    var clusterReader =
        new ClusterReader(
            upstreams,
            new TraitsReader(reader, addresses, HaproxyNames.of(hosts)),
            reader,
            group -> named(hosts, group));
    byCluster(all)
        .forEach(
            (name, members) -> {
              problems.within(name, () -> clusters.put(name, clusterReader.read(name, members)));
              local.addAll(Objects.requireNonNull(clusters.get(name)).instances());
            });
    upstreams.refuseCycles(local, upstreamPlaces(all));
    addRemote(clusters, new RemoteReader(reader).read(hosts));
    new AddressLint(problems).check(all);
    new InventoryLint(problems).check(hosts, clusters.values(), all);
    return watched(clusters.values(), all);
  }

  /** What an error costs is declared, and not watched: none of its servers is undeclared. */
  private Inventory watched(Collection<Cluster> clusters, List<Declaration> all) {
    var lost = problems.lost();
    return new Inventory(
        clusters.stream().filter(cluster -> !lost.contains(cluster.name())).toList(),
        all.stream().filter(one -> !lost.contains(one.cluster())).map(this::node).toList(),
        clusters.stream()
            .filter(cluster -> lost.contains(cluster.name()))
            .flatMap(cluster -> cluster.instances().stream())
            .toList());
  }

  private static String shown(Located name) {
    return name.value() instanceof Value.Text text ? text.value() : name.value().description();
  }

  /** A host that belongs to an unknown cluster may be missing in those beside it. */
  private void loseSiblings(Host host, List<Declaration> all) {
    if (problems.isLost("host " + host.name())) {
      all.stream()
          .filter(one -> group(one.host()).equals(group(host)))
          .forEach(one -> problems.lose(one.cluster()));
    }
  }

  private static String group(Host host) {
    var path = host.place().path();
    return path.substring(0, Math.max(0, path.lastIndexOf(".hosts.")));
  }

  private static List<String> named(List<Host> hosts, String group) {
    return hosts.stream().filter(host -> host.groups().contains(group)).map(Host::name).toList();
  }

  /** The node of an instance, with the rules of Pigsty's {@code node_id}. */
  private Node node(Declaration one) {
    var host = one.host();
    var isNamedByInstance = reader.bool(host, "node_id_from_pg", true);
    var cluster =
        reader.textAt(host, "node_cluster").filter(name -> !name.equals(DEFAULT_NODE_CLUSTER));
    var zone = reader.textAt(host, "pg_zone");
    return isNamedByInstance
        ? new Node(host.name(), Optional.of(one.name()), cluster.orElse(one.cluster()), zone)
        : new Node(
            host.name(),
            reader.textAt(host, "nodename"),
            cluster.orElse(DEFAULT_NODE_CLUSTER),
            zone);
  }

  private static SortedMap<String, List<Declaration>> byCluster(List<Declaration> all) {
    var clusters = new TreeMap<String, List<Declaration>>();
    for (var one : all) {
      clusters.computeIfAbsent(one.cluster(), name -> new ArrayList<>()).add(one);
    }
    return clusters;
  }

  private static Map<Endpoint, Place> upstreamPlaces(List<Declaration> all) {
    var places = new HashMap<Endpoint, Place>();
    all.forEach(one -> places.put(one.endpoint(), one.host().placeOf("pg_upstream")));
    return places;
  }

  private void addRemote(SortedMap<String, Cluster> clusters, List<RemoteReader.Remote> remotes) {
    for (var remote : remotes) {
      problems.within(remote.cluster(), () -> addRemote(clusters, remote));
    }
  }

  private void addRemote(SortedMap<String, Cluster> clusters, RemoteReader.Remote remote) {
    var instance =
        new Instance(
            remote.cluster(),
            remote.seq(),
            Optional.empty(),
            remote.endpoint(),
            new DeclaredUpstream.None(),
            Duration.ZERO,
            Instance.Traffic.DEFAULT);
    var cluster = clusters.getOrDefault(remote.cluster(), new Cluster(remote.cluster(), List.of()));
    if (isFree(cluster, remote)) {
      clusters.put(
          cluster.name(),
          new Cluster(
              cluster.name(),
              cluster.traits(),
              Stream.concat(cluster.instances().stream(), Stream.of(instance)).toList(),
              cluster.services(),
              union(cluster.databases(), remote.databases()),
              cluster.roles()));
    }
  }

  private static List<Database> union(List<Database> known, List<Database> others) {
    var all = new ArrayList<>(known);
    for (var other : others) {
      if (all.stream().noneMatch(one -> one.name().equals(other.name()))) {
        all.add(other);
      }
    }
    return all;
  }

  private boolean isFree(Cluster cluster, RemoteReader.Remote remote) {
    var taken =
        cluster.instances().stream().filter(instance -> instance.seq() == remote.seq()).findFirst();
    taken.ifPresent(
        instance -> {
          var wanted = "a name of its own";
          var found =
              "%s, which the node %s declares too".formatted(instance.name(), instance.endpoint());
          if (instance.endpoint().equals(remote.endpoint())) {
            problems.warn(
                Code.DUP_INSTANCE, remote.place(), wanted, found + "; they are one instance");
          } else {
            problems.error(Code.DUP_INSTANCE, remote.place(), wanted, found);
          }
        });
    return taken.isEmpty();
  }
}
