package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes the declared inventory of all hosts. */
public final class InventoryAssembly {
  private final Problems problems;
  private final DeclarationReader declarations;

  public InventoryAssembly(Problems problems) {
    this.problems = problems;
    this.declarations = new DeclarationReader(problems);
  }

  /** The inventory; worth nothing if it left errors among the problems. */
  public Inventory assemble(List<Host> hosts) {
    var all = new ArrayList<Declaration>();
    for (var host : hosts) {
      declarations.read(host).ifPresent(all::add);
      declarations.warnOfReserved(host);
    }
    var upstreams = new Upstreams(all, problems);
    var clusters = new TreeMap<String, Cluster>();
    var local = new ArrayList<Instance>();
    var reader = new ClusterReader(upstreams, problems);
    byCluster(all)
        .forEach(
            (name, members) -> {
              var cluster = reader.read(name, members);
              clusters.put(name, cluster);
              local.addAll(cluster.instances());
            });
    upstreams.refuseCycles(local, upstreamPlaces(all));
    addRemote(clusters, new RemoteReader(problems).read(hosts));
    new InventoryLint(problems).judge(hosts, clusters.values(), all);
    return new Inventory(
        List.copyOf(clusters.values()), all.stream().map(new NodeReader(problems)::read).toList());
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
              java.util.Optional.empty(),
              remote.endpoint(),
              new DeclaredUpstream.None(),
              Duration.ZERO,
              Instance.Traffic.DEFAULT);
      var cluster = clusters.get(remote.cluster());
      if (cluster == null) {
        clusters.put(remote.cluster(), remoteCluster(remote, instance));
      } else if (isFree(cluster, remote)) {
        var instances = new ArrayList<>(cluster.instances());
        instances.add(instance);
        clusters.put(
            remote.cluster(),
            new Cluster(
                cluster.name(),
                cluster.traits(),
                instances,
                cluster.services(),
                union(cluster.databases(), remote.databases()),
                cluster.roles()));
      }
    }
  }

  private static Cluster remoteCluster(RemoteReader.Remote remote, Instance instance) {
    return new Cluster(
        remote.cluster(),
        Cluster.Traits.of(remote.cluster()),
        List.of(instance),
        List.of(),
        remote.databases(),
        List.of());
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
          var message =
              "wanted a name of its own. Found: %s, which is declared on the node %s too"
                  .formatted(instance.name(), instance.endpoint());
          if (instance.endpoint().equals(remote.endpoint())) {
            problems.warn(
                Code.DUP_INSTANCE, remote.place(), message + "; it is watched as that one");
          } else {
            problems.error(Code.DUP_INSTANCE, remote.place(), message);
          }
        });
    return taken.isEmpty();
  }
}
