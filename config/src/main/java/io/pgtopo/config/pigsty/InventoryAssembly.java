package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Node;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.ValueReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
    for (var host : hosts) {
      declarations.read(host).ifPresent(all::add);
      declarations.warnOfReserved(host);
    }
    var upstreams = new Upstreams(all, reader);
    var clusters = new TreeMap<String, Cluster>();
    var local = new ArrayList<Instance>();
    var clusterReader = new ClusterReader(upstreams, reader);
    byCluster(all)
        .forEach(
            (name, members) -> {
              var cluster = clusterReader.read(name, members);
              clusters.put(name, cluster);
              local.addAll(cluster.instances());
            });
    upstreams.refuseCycles(local, upstreamPlaces(all));
    addRemote(clusters, new RemoteReader(reader).read(hosts));
    new InventoryLint(problems).check(hosts, clusters.values(), all);
    return new Inventory(List.copyOf(clusters.values()), all.stream().map(this::node).toList());
  }

  /** The node of an instance, with the rules of Pigsty's {@code node_id}. */
  private Node node(Declaration one) {
    var host = one.host();
    var isNamedByInstance = reader.bool(host, "node_id_from_pg", true);
    var cluster =
        reader.textAt(host, "node_cluster").filter(name -> !name.equals(DEFAULT_NODE_CLUSTER));
    return isNamedByInstance
        ? new Node(host.name(), Optional.of(one.name()), cluster.orElse(one.cluster()))
        : new Node(
            host.name(), reader.textAt(host, "nodename"), cluster.orElse(DEFAULT_NODE_CLUSTER));
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
      var instance =
          new Instance(
              remote.cluster(),
              remote.seq(),
              Optional.empty(),
              remote.endpoint(),
              new DeclaredUpstream.None(),
              Duration.ZERO,
              Instance.Traffic.DEFAULT);
      var cluster =
          clusters.getOrDefault(remote.cluster(), new Cluster(remote.cluster(), List.of()));
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
